"""The commands and the Python of docs/clusters.md are such that they would run."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from retrain_sim.cli import app
from retrain_sim.sweeping import cluster, grid, parse_axis

GUIDE = Path(__file__).parents[2] / "docs" / "clusters.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, flags=re.M | re.S)


def commands():
    """Find every ``retrain-sim`` command of the guide, lines joined."""
    shell = "".join(text for language, text in BLOCKS if not language)
    lines = shell.replace("\\\n", " ").splitlines()
    return [
        line[line.index("retrain-sim") :].rstrip(" &")
        for line in lines
        if "retrain-sim" in line
    ]


def test_the_guide_has_commands():
    assert len(commands()) >= 7


@pytest.mark.parametrize("line", commands())
def test_every_command_can_be_parsed(line):
    words = shlex.split(line.replace("$gpu", "0"))[1:]
    _, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    given = bound.arguments
    assert given.get("source")
    for axis in given.get("over", []):
        assert len(parse_axis(axis).values) >= 2


def test_the_python_names_what_exists():
    (block,) = [text for language, text in BLOCKS if language == "python"]
    tree = ast.parse(block)
    names = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert names.pop("SLURMCluster") == "dask_jobqueue"  # cannot be tried here
    for name, module in names.items():
        assert getattr(__import__(module, fromlist=[name]), name)


def test_the_designs_of_the_guide_are_designs():
    assert cluster.dask_engine
    assert len(grid([parse_axis("curation.slate_size=2,4,8,16,inf")])) == 5
