"""Curves for TensorBoard: one event file each."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from retrain_sim.errors import UserError

FILE = "events.out.tfevents.retrain-sim"
"""The same name each time: a resumed run writes its curves anew instead of twice."""


class TensorBoard:
    """Write every curve to a folder that ``tensorboard --logdir`` reads.

    Args:
        folder: gets ``LABEL/events.out.tfevents.retrain-sim`` for each curve. Nothing
            is written before the first curve begins.

    Raises:
        UserError: no tensorboard here, or a folder that cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tracker = TensorBoard(Path(folder))
        ...     tracker.start("two/mean", "title = 'Two voters'")
        ...     tracker.log("two/mean", 0, {"collapse/class_entropy": 0.69})
        ...     tracker.close()
        ...     (file,) = Path(folder).glob("two/mean/*")
        >>> file.name
        'events.out.tfevents.retrain-sim'
    """

    def __init__(self, folder: Path):
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.plugins.text.summary_v2 import text_pb
            from tensorboard.summary.writer.record_writer import RecordWriter
        except ImportError:
            raise UserError(
                "--track needs tensorboard: pip install 'retrain-sim[track]'"
            ) from None
        _check_writable(folder)
        self._folder, self._writers = folder, {}
        self._events: Any = event_pb2
        self._summaries: Any = summary_pb2
        self._text, self._writer = text_pb, RecordWriter

    def start(self, label: str, scenario: str) -> None:
        """Begin a curve; one of this label from an earlier attempt is replaced."""
        arm, _, kind = label.rpartition("/")
        folder = self._folder / _file_name(arm) / _file_name(kind)
        folder.mkdir(parents=True, exist_ok=True)
        # Unbuffered, so that a dashboard sees each round as soon as it is logged.
        self._writers[label] = self._writer((folder / FILE).open("wb", buffering=0))
        self._write(label, file_version="brain.Event:2")
        text = self._text("scenario", f"```\n{scenario}\n```")
        self._write(label, summary=text)

    def log(self, label: str, round: int, values: Mapping[str, float]) -> None:
        """Add one round of a curve."""
        value = self._summaries.Summary.Value
        row = [value(tag=name, simple_value=x) for name, x in values.items()]
        self._write(label, step=round, summary=self._summaries.Summary(value=row))

    def close(self) -> None:
        """Close all files."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _write(self, label: str, **content: Any) -> None:
        event = self._events.Event(wall_time=time.time(), **content)
        self._writers[label].write(event.SerializeToString())


def _file_name(text: str) -> str:
    """Make a file name of any text; different texts get different names."""
    name = quote(text, safe=" =+,()'")
    return name.replace(".", "%2E") if set(name) <= {"."} else name


def _check_writable(folder: Path) -> None:
    """Refuse a folder that could not be made, before anything is computed."""
    above = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not above.is_dir():
        raise UserError(f"--track: {above} is a file, a folder is needed")
    if not os.access(above, os.W_OK):
        raise UserError(f"--track: cannot write to {above}: permission denied")
