"""``run --track``: curves for TensorBoard, also of a run that was interrupted."""

import sys

import pytest
import tampering
from commands import assert_one_line
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

from retrain_sim.runner import resume
from retrain_sim.tracking import TensorBoard

WORDS = ["run", "letters.toml", "--out", "run"]


def curves(folder):
    """Read every curve: its name -> [(round, metric, value), ...], each once."""
    return {
        str(path.parent.relative_to(folder)): sorted(
            (event.step, value.tag, value.simple_value)
            for event in map(Event.FromString, RawEventFileLoader(str(path)).Load())
            for value in event.summary.value
        )
        for path in folder.rglob("*tfevents*")
    }


def hide_tensorboard():
    sys.modules["tensorboard"] = None


@pytest.fixture
def whole(done, tmp_path):
    """Draw the curves of a run that nothing disturbed, after its end."""
    resume(done, tracker=TensorBoard(tmp_path / "whole"))
    return curves(tmp_path / "whole")


def test_a_run_has_curves_by_arm(whole):
    kinds = {"theory", "mean", "seed-0", "seed-1"}
    assert set(whole) == {f"{arm}/{kind}" for arm in ("one", "two") for kind in kinds}
    rounds = [at for at, tag, _ in whole["one/mean"] if tag == "collapse/class_entropy"]
    assert rounds == [0, 1, 2, 3]


def test_a_run_draws_its_curves(here, cli, whole):
    finished = cli(*WORDS, "--track", "curves", "--json")
    assert (finished.code, finished.err) == (0, "")
    assert curves(here / "curves" / "run") == whole


def test_an_interrupted_run_ends_with_the_same_curves(here, cli, stopped, whole):
    resumed = cli("run", "--resume", "stopped", "--track", "again", "--json")
    assert (resumed.code, resumed.err) == (0, "")
    assert curves(here / "again" / "stopped") == whole


def test_an_interrupted_run_says_how_its_curves_go_on(cli):
    stop = tampering.interrupt_at_checkpoint
    finished = cli(*WORDS, "--track", "again", before=stop)
    assert_one_line(finished, ["interrupted", "--track again --resume run"])


def test_without_tensorboard_the_extra_is_named(refused):
    says = ["--track needs tensorboard", "retrain-sim[track]"]
    refused(*WORDS, "--track", "curves", says=says, before=hide_tensorboard)


def test_a_file_is_no_place_for_curves(refused):
    refused(*WORDS, "--track", "letters.toml", says=["--track", "letters.toml", "file"])
