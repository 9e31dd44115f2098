"""The Dask engine: units done by the workers of a cluster, here or anywhere."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from retrain_sim.devices import n_cores
from retrain_sim.errors import UserError, first_line
from retrain_sim.sweeping.engines import Engine
from retrain_sim.sweeping.unit import check_versions, own_versions
from retrain_sim.sweeping.worker import do

PATIENCE_S = 60
"""How long workers may take to come, and to answer."""


@contextmanager
def dask_engine(
    address: str | None = None,
    *,
    workers: int | None = None,
    resources: Mapping[str, float] | None = None,
) -> Generator[Engine, None, None]:
    """Do units on a Dask cluster.

    Units are handed to whichever worker is free; those of a worker that is lost go to
    others, up to three times. A worker does one unit at a time, on as many CPU devices
    as it has threads, or on its accelerators.

    Args:
        address: of a scheduler, as ``tcp://host:8786``; by default a cluster is
            started on this machine, on loopback, and closed at the end.
        workers: how many to start, by default one per core; or, with an address, how
            many to wait for, by default one.
        resources: what a unit occupies on its worker, as ``{"GPU": 1}``.

    Yields:
        The engine.

    Raises:
        UserError: no Dask here, no cluster there, a worker with other versions, or a
            cluster that was lost.

    Example:
        >>> from retrain_sim.sweeping.unit import own_versions
        >>> with dask_engine(workers=1) as engine:  # doctest: +SKIP
        ...     engine.executor.submit(own_versions).result()
    """
    distributed = _library()
    with ExitStack() as stack:
        client = stack.enter_context(_client(distributed, address, workers))
        _await_workers(client, address, workers or 1)
        _check_resources(client, resources or {})
        _check_workers(client)
        inner = client.get_executor(pure=False, resources=dict(resources or {}))
        width = 2 * len(_workers(client))
        try:
            yield Engine(_Sender(inner), width, "dask")
        except distributed.KilledWorker as error:
            times = error.allowed_failures + 1
            raise UserError(
                f"a unit of the sweep ended every worker that took it ({times}): "
                "a smaller --batch or --memory may help"
            ) from None
        except (CancelledError, distributed.comm.CommClosedError):
            raise UserError(f"the cluster {address or ''} was lost") from None


class _Sender(Executor):
    """An executor whose work is done by ``worker.do``, one unit at a time each."""

    def __init__(self, inner: Executor):
        self._inner = inner

    def submit(self, fn: Callable, /, *args: Any, **kwargs: Any) -> Future:
        """Send a call to some worker."""
        return self._inner.submit(do, str(Path.cwd()), fn, *args, **kwargs)


def _library() -> Any:
    try:
        import distributed
        from distributed.versions import VersionMismatchWarning
    except ImportError:
        raise UserError(
            "--engine dask needs distributed: pip install 'retrain-sim[cluster]'"
        ) from None
    # Lost workers are its business; what concerns the user is raised, versions, too.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)
    return distributed


@contextmanager
def _client(
    distributed: Any, address: str | None, workers: int | None
) -> Generator[Any, None, None]:
    """Connect to a cluster, or start one."""
    import dask

    with ExitStack() as stack:
        # A lost client would leave its scheduler to whoever reads files later.
        stack.enter_context(dask.config.set(scheduler=None))
        target = address
        if address is None:
            target = stack.enter_context(_local_cluster(distributed, workers))
        try:
            client = distributed.Client(target, timeout=PATIENCE_S / 6)
        except (OSError, ValueError, ImportError) as error:
            raise UserError(
                f"--address {address}: no Dask scheduler answers ({first_line(error)})"
            ) from None
        yield stack.enter_context(client)


def _local_cluster(distributed: Any, workers: int | None) -> Any:
    """Start workers on this machine that share its cores; they listen on loopback."""
    n_workers = workers or n_cores()
    try:
        return distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=max(1, n_cores() // n_workers),
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        )
    except (RuntimeError, OSError) as error:
        raise UserError(
            f"no cluster could be started here: {first_line(error)}"
        ) from None


def _await_workers(client: Any, address: str | None, least: int) -> None:
    try:
        client.wait_for_workers(least, timeout=PATIENCE_S)
    except TimeoutError:
        raise UserError(
            f"--address {address}: {len(_workers(client))} workers came within "
            f"{PATIENCE_S} s, {least} were wanted"
        ) from None


def _workers(client: Any) -> dict[str, Any]:
    """List the workers: address -> what the scheduler knows of it."""
    return client.scheduler_info(n_workers=-1)["workers"]


def _check_resources(client: Any, resources: Mapping[str, float]) -> None:
    """Refuse what no worker offers: a unit would wait for ever."""
    offers = [about.get("resources", {}) for about in _workers(client).values()]
    for name, wanted in resources.items():
        if all(offer.get(name, 0) < wanted for offer in offers):
            raise UserError(
                f"--resources {name}={wanted:g}: no worker offers it; start them "
                f"with: dask worker ... --resources {name}={wanted:g}"
            )


def _check_workers(client: Any) -> None:
    """Refuse a cluster with a worker whose results would be of other versions."""
    here, folder = own_versions(), str(Path.cwd())
    asked = {
        address: client.submit(do, folder, own_versions, workers=[address], pure=False)
        for address in _workers(client)
    }
    for address, future in asked.items():
        try:
            there = future.result(timeout=PATIENCE_S)
        except Exception as error:  # whatever its installation lacks
            raise UserError(
                f"worker {address} cannot do units: {first_line(error)}"
            ) from None
        check_versions(here, there, f"worker {address}")
