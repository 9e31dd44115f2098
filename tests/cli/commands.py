"""Folders for commands, and how a command must complain."""

import shutil
from pathlib import Path

FILES = Path(__file__).parent / "files"


def contents(folder):
    """Read everything in a folder: relative path -> bytes, None for a folder."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def fill(folder):
    """Copy the scenarios into a folder."""
    for file in FILES.iterdir():
        shutil.copy(file, folder)


def assert_one_line(finished, says):
    """Check how a command complains: one line with certain words, exit code 2."""
    assert "Traceback" not in finished.err
    assert finished.code == 2, finished.err
    assert finished.out == ""
    assert finished.err.startswith("retrain-sim: ")
    assert finished.err.count("\n") == 1
    for word in says:
        assert word in finished.err
