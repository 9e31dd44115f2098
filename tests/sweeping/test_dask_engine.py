"""Units on a Dask cluster: two workers on loopback, one of them killed, and worse."""

import os
import signal
import sys
import time
import warnings
from concurrent.futures import Executor

import cloudpickle
import dask
import pytest
from distributed import LocalCluster, default_client
from support import assert_identical

from retrain_sim import load_spec, open_results
from retrain_sim.cli.engines import chosen_engine
from retrain_sim.errors import UserError
from retrain_sim.sweeping import cluster, grid, parse_axis, sweep
from retrain_sim.sweeping.plan import Options

SEVERAL_DEVICES = True

# Workers cannot import the tests.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

SPEC = load_spec("coin-drift", {"run.seeds": 4, "run.rounds": 5})
DESIGN = grid([parse_axis("curation.n_kept=10,20")])
LOOPBACK = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
ONE_POINT = Options(batch=2)


@pytest.fixture(scope="module")
def engine():
    """Start two workers; a unit may end two of them, not the usual four."""
    allowed = dask.config.set({"distributed.scheduler.allowed-failures": 1})
    with allowed, cluster.dask_engine(workers=2) as started:
        yield started


def start(*arguments, **options):
    """Start an engine that must be refused."""
    with cluster.dask_engine(*arguments, **options):
        raise AssertionError("it was not refused")


def swept(folder, engine=None):
    """Do the sweep, a point at a time; return its arrays."""
    sweep(SPEC, DESIGN, folder, options=ONE_POINT, engine=engine)
    results = open_results(folder)
    return {str(name): values.values for name, values in results.items()}


def die_once(mark, fn, unit):
    """Do a unit; the first worker that tries is killed in the middle of it."""
    time.sleep(0.1)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return fn(unit)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Through(Executor):
    """An executor that has every unit done by a function of the test."""

    def __init__(self, inner, *wrapper):
        self.inner, self.wrapper, self.n_units = inner, wrapper, 0

    def submit(self, fn, unit):
        self.n_units += 1
        return self.inner.submit(*self.wrapper, fn, unit)


def test_a_worker_is_killed_and_nothing_is_lost(tmp_path, engine):
    mark = tmp_path / "killed"
    through = Through(engine.executor, die_once, mark)
    found = swept(tmp_path / "dask", engine._replace(executor=through))
    assert mark.exists()
    assert through.n_units == 4
    assert_identical(found, swept(tmp_path / "alone"))


def test_a_fault_in_a_unit_is_told_as_it_is(engine):
    work = engine.executor.submit(fail, "temperature: must be positive")
    with pytest.raises(UserError, match="temperature: must be positive"):
        work.result()


def fail(line):
    raise UserError(line)


def test_a_worker_has_as_many_devices_as_threads(engine):
    assert engine.width == 4
    assert engine.executor.submit(n_devices).result() == max(1, cluster.n_cores() // 2)


def n_devices():
    import jax

    return jax.local_device_count()


def test_a_worker_with_another_version_is_refused(tmp_path, monkeypatch):
    about = tmp_path / "jax-0.0.1.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text("Metadata-Version: 2.1\nName: jax\nVersion: 0.0.1\n")
    with monkeypatch.context() as elsewhere:
        elsewhere.syspath_prepend(tmp_path)
        other = LocalCluster(n_workers=1, **LOOPBACK)
    says = r"worker tcp://.* has jax 0\.0\.1, the sweep .* install the same"
    with other, pytest.raises(UserError, match=says):
        start(other.scheduler_address)


def test_a_cluster_without_workers_is_refused(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE_S", 1)
    says = "0 workers came within 1 s, 1 were wanted"
    with (
        LocalCluster(n_workers=0, **LOOPBACK) as empty,
        pytest.raises(UserError, match=says),
    ):
        start(empty.scheduler_address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense"])
def test_an_unreachable_cluster_is_one_line(monkeypatch, address):
    monkeypatch.setattr(cluster, "PATIENCE_S", 1)
    with pytest.raises(UserError, match=f"--address {address}: no Dask") as caught:
        start(address)
    assert "\n" not in str(caught.value)


def test_a_resource_that_nobody_offers_is_refused():
    class Client:
        def scheduler_info(self, n_workers):
            return {"workers": {"a": {"resources": {"GPU": 1}}, "b": {}}}

    cluster._check_resources(Client(), {"GPU": 1})
    with pytest.raises(UserError, match=r"--resources GPU=2: no worker offers it"):
        cluster._check_resources(Client(), {"GPU": 2})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("dusk", None, None, ""), "did you mean 'dask'"),
        (("local", None, 2, ""), "need --engine dask"),
        (("dask", None, 0, ""), "--workers 0"),
        (("dask", None, None, "GPU"), "NAME=NUMBER"),
    ],
)
def test_options_that_do_not_fit_are_refused(given, says):
    with pytest.raises(UserError, match=says), chosen_engine(*given):
        raise AssertionError("it was not refused")


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"retrain-sim\[cluster\]"):
        start()


def test_a_unit_that_kills_every_worker_is_given_up(engine):
    """The control: one that dies again and again is not tried for ever."""
    address = default_client().scheduler.address
    with (
        pytest.raises(
            UserError, match=r"ended every worker .* \(2\): a smaller --batch"
        ),
        cluster.dask_engine(address, workers=2) as same,
    ):
        same.executor.submit(die).result()


def test_the_library_s_own_table_of_versions_is_not_printed():
    """A worker with other versions is one line, ours."""
    kind = cluster._library().versions.VersionMismatchWarning
    with warnings.catch_warnings(record=True) as shown:
        warnings.warn("other versions", kind, stacklevel=2)
    assert not shown
