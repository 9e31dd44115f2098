"""The command, a folder of its own with small scenarios in it, and runs to look at."""

import shutil

import forked
import pytest
import tampering

pytest.register_assert_rewrite("commands")
from commands import assert_one_line, contents, fill  # noqa: E402


@pytest.fixture(autouse=True, scope="session")
def programs_found_again(cache_home):
    """Keep the folder's name out of the keys of compiled programs: it changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES", "none")
        yield


@pytest.fixture
def here(tmp_path):
    """Make the folder in which a test's commands run."""
    fill(tmp_path)
    return tmp_path


@pytest.fixture
def cli(here, tmp_path_factory):
    """Run the command in the test's folder."""
    streams = tmp_path_factory.mktemp("streams")

    def run(*arguments, before=forked.nothing):
        return forked.run_forked(arguments, here, streams, before)

    return run


@pytest.fixture
def refused(here, cli):
    """Run a command that must be refused: one line, exit code 2, nothing written."""

    def run(*arguments, says, before=forked.nothing):
        held = contents(here)
        finished = cli(*arguments, before=before)
        assert_one_line(finished, says)
        assert contents(here) == held
        return finished.err

    return run


def _made(folder, streams, *arguments, before=forked.nothing):
    fill(folder)
    words = ["run", "letters.toml", "--out", "run", "--json", *arguments]
    return forked.run_forked(words, folder, streams, before)


@pytest.fixture(scope="session")
def first_run(tmp_path_factory):
    """Run the letters once in a session."""
    folder = tmp_path_factory.mktemp("finished")
    streams = tmp_path_factory.mktemp("streams")
    finished = _made(folder, streams, before=forked.drawing)
    assert finished.code == 0, finished.err
    return folder / "run", finished


@pytest.fixture(scope="session")
def first_stop(tmp_path_factory):
    """Begin the same run, and stop it at its first checkpoint."""
    folder = tmp_path_factory.mktemp("interrupted")
    stop = tampering.interrupt_at_checkpoint
    finished = _made(folder, tmp_path_factory.mktemp("streams"), before=stop)
    assert finished.code != 0
    assert (folder / "run" / "checkpoint.npz").is_file()
    return folder / "run"


@pytest.fixture
def done(here, first_run):
    """Put a finished run of the letters into the test's folder."""
    return shutil.copytree(first_run[0], here / "done")


@pytest.fixture
def stopped(here, first_stop):
    """Put an unfinished run of the letters into the test's folder."""
    return shutil.copytree(first_stop, here / "stopped")
