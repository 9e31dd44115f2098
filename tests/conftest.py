"""Strict modes for all tests; nothing of the user's is read or written."""

import contextlib
import gc
import os
import threading
from pathlib import Path

import jax
import pytest
import typecheck
from jax._src.interpreters import mlir

# No doctests in them; two modules of one name cannot be collected.
collect_ignore_glob = ["*conftest.py"]

# Before the first import of the package: shapes and dtypes of every signature.
typecheck.install("retrain_sim")
pytest.register_assert_rewrite("support")

from retrain_sim import keys  # noqa: E402

jax.config.update("jax_numpy_rank_promotion", "raise")
jax.config.update("jax_num_cpu_devices", 2)


def _compile_quickly():
    """Leave out what makes programs fast: they are many, small, and run a few times.

    Compiling takes a third of the time then, a tenth with the flag; numbers differ by
    rounding only. Long statistics run faster with ``JAX_DISABLE_MOST_OPTIMIZATIONS=0``.
    The environment is for the processes that tests start: commands hash in one kernel,
    as users do, which takes twice as long to compile as the library's loop.
    """
    if os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1") != "1":
        return
    jax.config.update("jax_disable_most_optimizations", True)
    keys.make_key = jax.random.key
    given = os.environ.get("XLA_FLAGS", "")
    # An XLA that does not know a flag ends the process: later ones have lost one.
    if jax.__version_info__[:2] == (0, 10) and QUICK not in given:
        os.environ["XLA_FLAGS"] = f"{given} {QUICK}".strip()


QUICK = "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
_compile_quickly()


def _compiled():
    """Keep compiled programs between sessions, in a folder of the tests' own."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(root) / "retrain-sim-tests"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


COMPILED = _compiled()
if COMPILED:
    jax.config.update("jax_compilation_cache_dir", str(COMPILED))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def _reuse_contexts():
    """Make one compiler context per thread, not one per program: small ones gain.

    Without them, in a JAX that has no such function, tests take longer, nothing else.
    """
    made, held = getattr(mlir, "make_ir_context", None), threading.local()

    def context():
        if not hasattr(held, "context"):
            held.context = made()
        return held.context

    if made:
        mlir.make_ir_context = context
    return held


CONTEXTS = _reuse_contexts()


@pytest.fixture(autouse=True, scope="session")
def cache_home(request, tmp_path_factory):
    """Give the package a cache folder of this session; the command's programs stay.

    One for all workers: what one has trained, the others find.
    """
    base = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        base = base.parent
    home = base / "cache-home"
    (home / "retrain-sim").mkdir(parents=True, exist_ok=True)
    for link in (home / "retrain-sim" / "xla", home / "retrain-sim-tests"):
        with contextlib.suppress(FileExistsError):  # made by another worker
            if COMPILED:
                link.symlink_to(COMPILED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home))
        yield home


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage in what is imported, now or later: it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def key():
    return jax.random.key(0)


@pytest.fixture(autouse=True, scope="module")
def one_device(request):
    """Use the first device alone, but in modules about several: it compiles sooner.

    They say so by ``SEVERAL_DEVICES``.
    """
    module = getattr(request.node, "obj", None)
    with pytest.MonkeyPatch.context() as patch:
        if not getattr(module, "SEVERAL_DEVICES", False):
            first = jax.local_devices()[:1]
            patch.setattr(jax, "devices", lambda: first)
            patch.setattr(jax, "local_devices", lambda: first)
            patch.setattr(jax, "local_device_count", lambda: 1)
        yield


@pytest.fixture(autouse=True, scope="module")
def fresh_programs():
    """Drop a module's compiled programs after it: all together need gigabytes."""
    yield
    jax.clear_caches()
    vars(CONTEXTS).clear()
