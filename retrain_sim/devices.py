"""JAX as commands and workers use it: devices, and compiled programs that are kept."""

from __future__ import annotations

import contextlib
import os

THREADS = "NPROC"
"""The variable of the environment that the CPU runtime takes its threads from."""

SPARE_THREADS = 16
"""Of the CPU runtime, beyond one for every core: see ``has_spare_threads``."""


def use_devices(n_cpu: int) -> None:
    """Set JAX up, before anything touches a device.

    Args:
        n_cpu: CPU devices to offer, at least 1; accelerators are found by JAX.
    """
    import jax

    from retrain_sim.cache import cache_folder

    jax.config.update("jax_num_cpu_devices", n_cpu)
    # Read when the first device is touched; the runtime has no other setting for it.
    os.environ.setdefault(THREADS, str(n_cores() + SPARE_THREADS))
    programs = cache_folder() / "xla"
    with contextlib.suppress(OSError):  # no cache, no harm
        programs.mkdir(parents=True, exist_ok=True)
        jax.config.update("jax_compilation_cache_dir", str(programs))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def has_spare_threads(n_cpu: int) -> bool:
    """Tell whether so many CPU devices can factorize matrices at the same time.

    jaxlib 0.10 deals a batch of factorizations (``eigh``, ``svd``, ``qr``, ...) out to
    the threads that do the devices' work, and one of these waits for the others. Where
    there are as many devices as threads, all may wait, for ever. Later versions do not.

    Example:
        >>> has_spare_threads(1)
        True
    """
    import jax

    n_threads = int(os.environ.get(THREADS, n_cores()))
    return n_cpu == 1 or n_threads > n_cpu or jax.__version_info__ >= (0, 11)


def n_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
