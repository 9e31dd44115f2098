"""The README's code runs as printed, and what it names exists."""

import re
import tomllib
from pathlib import Path

import jax.numpy as jnp
import pytest

from retrain_sim.registry import build
from retrain_sim.spec import scenario_names

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.S)


def test_ten_lines_of_python_run(capsys):
    (lines,) = [block for block in BLOCKS if "rs.run(" in block]
    assert len([line for line in lines.splitlines() if line.strip()]) <= 10
    names = {}
    exec(lines, names)
    assert "K = 8" in capsys.readouterr().out
    assert set(names["frame"].index.names) == {"arm", "seed", "round"}


def test_reward_of_the_readme_works():
    (code,) = [block for block in BLOCKS if "class Brightness" in block]
    assert len(code.splitlines()) <= 25
    names = {}
    exec(code, names)
    reward = names["Brightness"](scale=2.0)
    assert reward(jnp.ones((3, 4))).tolist() == [2.0, 2.0, 2.0]


def test_the_strategy_of_the_readme_can_be_built():
    texts = re.findall(r"```toml\n(.*?)```", README, flags=re.S)
    (values,) = [tomllib.loads(text) for text in texts if "[curation]" in text]
    assert set(values) == {"curation", "regime"}
    for section, table in values.items():
        build(section, table, section)


def test_two_commands_are_makefile_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, flags=re.M):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target


@pytest.mark.parametrize("name", re.findall(r"retrain-sim run ([a-z-]+)`", README))
def test_scenarios_of_the_claims_table_exist(name):
    assert name in scenario_names()


def test_every_file_of_the_map_exists():
    section = README.split("## Map of the code")[1].split("```")[1]
    for name in re.findall(r"\b(\w+\.py)\b", section):
        assert (ROOT / "retrain_sim" / name).is_file(), name
    for name in re.findall(r"^(\w+)/", section, flags=re.M):
        assert (ROOT / name).is_dir(), name
    for name in re.findall(r"\b(\w+)/(?= )", section.split("experiments/")[0]):
        assert (ROOT / "retrain_sim" / name).is_dir(), name
