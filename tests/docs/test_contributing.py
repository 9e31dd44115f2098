"""The walk of CONTRIBUTING.md, carried out as printed; forgetting a step is noticed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from retrain_sim.errors import UserError
from retrain_sim.spec import load_spec

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NEW = "brightness or dictator or largest-share"


class Block(NamedTuple):
    """A fenced block with the file that it is about."""

    language: str
    file: str
    text: str


BLOCKS = [
    Block(*found)
    for found in re.findall(r"^```(\w+) (\S+)\n(.*?)^```", GUIDE, flags=re.M | re.S)
]
TABLE = "tests/contracts/component_cases.py"


def apply(block, root):
    """Write a new file, or carry out the hunks of a diff: each must fit one place."""
    path = root / block.file
    if block.language != "diff":
        path.write_text(block.text, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    for hunk in block.text.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] == " ")
        assert text.count("\n" + old) == 1, f"{block.file}: {old!r} is not there once"
        text = text.replace(old, "".join(line[1:] for line in lines))
    path.write_text(text, encoding="utf-8")


def copy_of(folder, blocks):
    """Copy what the walk touches, and walk."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "retrain_sim", folder / "retrain_sim", ignore=ignore)
    shutil.copytree(ROOT / "tests/contracts", folder / "tests/contracts", ignore=ignore)
    for name in ("conftest.py", "support.py", "typecheck.py", "image_files.py"):
        shutil.copy(ROOT / "tests" / name, folder / "tests" / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for block in blocks:
        apply(block, folder)
    return folder


def python(folder, *words):
    """Run Python on the copy."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )


def contracts(folder, *words):
    return python(folder, "-m", "pytest", "-p", "no:cacheprovider", *words)


def test_the_walk_adds_three_components_that_keep_their_contracts(tmp_path):
    folder = copy_of(tmp_path, BLOCKS)
    found = contracts(folder, "tests/contracts", "-k", f"{NEW} or covers", "-vv")
    assert found.returncode == 0, found.stdout[-3000:]
    for kind in ("[brightness]", "[rule-dictator-slates]", "[largest-share]"):
        assert kind in found.stdout


@pytest.mark.slow
def test_a_scenario_runs_with_them(tmp_path):
    folder = copy_of(tmp_path, BLOCKS)
    found = python(folder, "-m", "retrain_sim", "run", "mine.toml", "--out", "run")
    assert found.returncode == 0, found.stderr
    assert (folder / "run" / "result.json").is_file()


def test_without_the_walk_the_scenario_is_refused(tmp_path):
    (block,) = [block for block in BLOCKS if block.language == "toml"]
    apply(block, tmp_path)
    with pytest.raises(UserError, match="unknown 'brightness'"):
        load_spec(tmp_path / block.file)


REGISTRY = "tests/contracts/test_registry_contract.py"
FORGOTTEN = {
    '+    "brightness": [RewardCase(rewards.Brightness(f32(2.0)), VECTORS)],\n': (
        "test_the_contract_table_covers_exactly_the_registry[reward]"
    ),
    '+    "Brightness",\n': "test_a_component_is_exported[reward-brightness]",
    "        scale: reward per unit of brightness.\n": (
        "test_every_setting_is_documented[reward-brightness]"
    ),
}
"""A step that the guide prints -> the test that fails without it."""


@pytest.mark.slow
def test_forgotten_steps_fail_the_registry_contract_each_its_own_test(tmp_path):
    blocks = BLOCKS
    for step in FORGOTTEN:
        assert sum(block.text.count(step) for block in blocks) == 1
        blocks = [block._replace(text=block.text.replace(step, "")) for block in blocks]
    found = contracts(copy_of(tmp_path, blocks), REGISTRY, "-k", f"{NEW} or covers")
    assert found.returncode == 1
    failed = re.findall(rf"^FAILED {REGISTRY}::(\S+)", found.stdout, flags=re.M)
    assert sorted(failed) == sorted(FORGOTTEN.values())
