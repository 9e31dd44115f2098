"""JAX as commands and workers use it: devices, and compiled programs that are kept."""

from __future__ import annotations

import contextlib
import os


def use_devices(n_cpu: int) -> None:
    """Set JAX up, before anything touches a device.

    Args:
        n_cpu: CPU devices to offer, at least 1; accelerators are found by JAX.
    """
    import jax

    from retrain_sim.cache import cache_folder

    jax.config.update("jax_num_cpu_devices", n_cpu)
    programs = cache_folder() / "xla"
    with contextlib.suppress(OSError):  # no cache, no harm
        programs.mkdir(parents=True, exist_ok=True)
        jax.config.update("jax_compilation_cache_dir", str(programs))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def n_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
