"""Event files as TensorBoard itself reads them."""

from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

from retrain_sim.errors import UserError
from retrain_sim.tracking import TensorBoard
from retrain_sim.tracking.tensorboard import FILE


def events(path):
    """Read all events of a file, with TensorBoard's own loader (it checks sums)."""
    return [Event.FromString(raw) for raw in RawEventFileLoader(str(path)).Load()]


def scalars(path):
    """Read (round, metric) -> value."""
    return {
        (event.step, value.tag): value.simple_value
        for event in events(path)
        for value in event.summary.value
        if value.HasField("simple_value")
    }


def test_values_come_back(tmp_path):
    tracker = TensorBoard(tmp_path)
    tracker.start("two/mean", "title = 'x'")
    tracker.log("two/mean", 0, {"share/minority's": 0.5, "reward/mean": -1e9})
    tracker.log("two/mean", 1, {"share/minority's": 0.25})
    path = tmp_path / "two" / "mean" / FILE
    found = scalars(path)  # before it is closed: a dashboard sees it at once
    tracker.close()
    assert found == {
        (0, "share/minority's"): 0.5,
        (0, "reward/mean"): np.float32(-1e9),
        (1, "share/minority's"): 0.25,
    }
    first, text = events(path)[:2]
    assert first.file_version == "brain.Event:2"
    assert "title = 'x'" in text.summary.value[0].tensor.string_val[0].decode()


def test_the_same_run_again_replaces_its_curves(tmp_path):
    for values in (1.0, 2.0):
        tracker = TensorBoard(tmp_path)
        tracker.start("one/mean", "")
        tracker.log("one/mean", 0, {"x": values})
        tracker.close()
    assert scalars(tmp_path / "one" / "mean" / FILE) == {(0, "x"): 2.0}


def test_labels_stay_apart_and_inside_the_folder(tmp_path):
    folder = tmp_path / "tracked"
    labels = ["a/b/mean", "a:b/mean", "../mean", "K = 2/mean", "a b/mean"]
    tracker = TensorBoard(folder)
    for label in labels:
        tracker.start(label, "")
    tracker.close()
    assert len(list(folder.glob(f"*/mean/{FILE}"))) == len(labels)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"--track: .*file is a file"):
        TensorBoard(tmp_path / "file" / "run")


def test_nothing_is_written_before_the_first_curve(tmp_path):
    TensorBoard(tmp_path / "new").close()
    assert not list(tmp_path.iterdir())


def test_scalars_of_a_damaged_file_are_not_believed(tmp_path):
    """The control of ``scalars``: a flipped bit is noticed."""
    tracker = TensorBoard(tmp_path)
    tracker.start("one/mean", "")
    tracker.log("one/mean", 0, {"x": 1.0})
    tracker.close()
    path = Path(tmp_path / "one" / "mean" / FILE)
    content = bytearray(path.read_bytes())
    content[-6] ^= 1
    path.write_bytes(content)
    assert scalars(path) == {}
