"""A run that is killed, anywhere and again and again, ends as if it never was."""

import random
import signal
import time

import pytest
import tampering
from commands import assert_one_line
from forked import Running

RESULTS = ["history.nc", "prediction.nc", "scenario.toml"]


class Killer:
    """Starts a scenario, resumes it, and kills it at chosen moments."""

    def __init__(self, scenario, here, streams):
        self._scenario, self._here, self._streams = scenario, here, streams
        self.folder = here / "killed"

    def start(self):
        """Start the run, or resume it."""
        arguments = ["run", self._scenario, "--out", "killed", "--force"]
        if (self.folder / "run.json").is_file():
            arguments = ["run", "--resume", "killed"]
        words = [*arguments, "--json"]
        return Running(words, self._here, self._streams, tampering.linger)

    def kill_after(self, n_saves, delay_s=0.0):
        """Kill it some time after a number of checkpoints; 0: before the first."""
        running = self.start()
        running.wait_for((self.folder / "run.json").is_file)
        for _ in range(n_saves):
            before = self.saved()
            running.wait_for(lambda before=before: self.saved() != before)
        time.sleep(delay_s)
        assert running.send(signal.SIGKILL).code == -signal.SIGKILL
        assert not (self.folder / "result.json").exists()

    def saved(self):
        """Tell one checkpoint from the next."""
        try:
            found = (self.folder / "checkpoint.npz").stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns


@pytest.fixture
def killer_of(here, tmp_path_factory):
    """Make a killer of a scenario."""
    return lambda scenario: Killer(scenario, here, tmp_path_factory.mktemp("streams"))


def assert_same_results(folder, expected):
    for name in RESULTS:
        assert (folder / name).read_bytes() == (expected / name).read_bytes()
    assert not (folder / "checkpoint.npz").exists()


@pytest.fixture
def whole(here, cli):
    """Run a scenario without any interruption."""

    def run(scenario):
        finished = cli("run", scenario, "--out", "whole", "--json")
        assert finished.code == 0, finished.err
        return here / "whole"

    return run


def test_killed_twice_the_letters_end_the_same(killer_of, whole):
    """Before the first checkpoint, and later."""
    killer, delays = killer_of("long.toml"), random.Random(0)
    killer.kill_after(0)
    killer.kill_after(2, delays.uniform(0, 0.3))
    finished = killer.start().end()
    assert (finished.code, finished.err) == (0, "")
    assert_same_results(killer.folder, whole("long.toml"))


@pytest.mark.slow
def test_killed_twice_a_network_ends_the_same(killer_of, whole):
    killer = killer_of("flow.toml")
    killer.kill_after(1)
    killer.kill_after(2)
    assert killer.start().end().code == 0
    assert_same_results(killer.folder, whole("flow.toml"))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["long.toml", "flow.toml"])
def test_killed_at_any_time_a_run_ends_the_same(killer_of, whole, scenario):
    """Kill after random times from the start: importing, compiling, drawing, ..."""
    killer, delays = killer_of(scenario), random.Random(2)
    for _ in range(15):
        running = killer.start()
        time.sleep(delays.uniform(0, 2.5))
        running.send(signal.SIGKILL)
    assert killer.start().end().code == 0
    assert_same_results(killer.folder, whole(scenario))


def test_interrupt_from_the_keyboard_is_one_line(killer_of):
    killer = killer_of("long.toml")
    running = killer.start()
    running.wait_for(killer.saved)
    finished = running.send(signal.SIGINT)
    assert_one_line(finished, ["interrupted", "retrain-sim run --resume"])
    assert killer.saved()


def test_interrupted_run_ends_the_same(done, stopped, cli):
    assert cli("run", "--resume", "stopped").code == 0
    assert_same_results(stopped, done)


def test_interrupted_run_names_its_folder(cli):
    stop = tampering.interrupt_at_checkpoint
    finished = cli("run", "letters.toml", "--out", "my run", before=stop)
    assert_one_line(finished, ["retrain-sim run --resume 'my run'"])


def test_kill_between_results_and_report_loses_nothing(done, cli):
    """The run is finished, only the figures and the page are missing."""
    (done / "report.html").unlink()
    assert cli("run", "--resume", "done").code == 0
    assert (done / "report.html").is_file()
