"""Run the command in a process of its own, cheaply.

Imports take seconds, so a server imports the package once and forks itself for every
command. What is forked has not touched a device yet: it behaves like a new process.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

LIMIT_S = 300
SERVER = multiprocessing.get_context("forkserver")
LATE = ["dask.array", "distributed", "jax.experimental.multihost_utils", "scipy.io"]
"""What a run imports on its way, itself or because xarray finds it installed."""

SERVER.set_forkserver_preload(
    ["__main__", "retrain_sim.cli", "retrain_sim.report", "retrain_sim.runner", *LATE]
)


class Finished(NamedTuple):
    """A command that has ended: its exit code, and what it printed."""

    code: int | None
    out: str
    err: str


def nothing(*_):
    """Change nothing before the command begins."""


def drawing(*_):
    """Let the command draw its pictures, which stay empty otherwise."""


class Running:
    """``retrain-sim`` at work in a folder; its output goes to files in ``streams``.

    ``before`` is called in the new process, just before the command.
    """

    def __init__(self, arguments, folder, streams, before=nothing):
        self._streams = [streams / "out", streams / "err"]
        words = [str(argument) for argument in arguments]
        self._process = SERVER.Process(
            target=_main, args=(words, folder, self._streams, before)
        )
        self._process.start()

    def end(self):
        """Wait for the end."""
        self._process.join(LIMIT_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        out, err = (path.read_text() for path in self._streams)
        return Finished(self._process.exitcode, out, err)

    def send(self, signal):
        """Send a signal, unless it is too late, and wait for the end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal)
        return self.end()

    def wait_for(self, see):
        """Wait until ``see()`` is true while the command is at work."""
        limit = time.monotonic() + LIMIT_S
        while not see():
            assert self._process.is_alive()
            assert time.monotonic() < limit
            time.sleep(0.002)


def run_forked(arguments, folder, streams, before=nothing):
    """Run a command to its end."""
    return Running(arguments, folder, streams, before).end()


def _main(arguments, folder, streams, before):
    for number, path in enumerate(streams, start=1):
        _redirect(number, path)
    os.chdir(folder)
    # Where tests run in the background, shells leave it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["retrain-sim", *arguments]
    sys.dont_write_bytecode = True
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from retrain_sim import cli, devices

    # Compiled sooner; tests of simulations use several.
    devices.n_cores = lambda: 1
    # Much of a command's time; tests of figures place labels, and draw.
    ConstrainedLayoutEngine.execute = nothing
    if before is not drawing:
        Figure.draw = nothing
    before()
    cli.main()


def _redirect(number: int, path: Path):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, number)
    os.close(handle)
