"""Help is complete and cheap; the list shows everything that a file can name."""

import subprocess
import sys

import pytest

import retrain_sim
from retrain_sim.registry import FAMILIES, kinds
from retrain_sim.spec import scenario_names

COMMANDS = ["run", "sweep", "plot", "predict", "forecast", "dose"]
COMMANDS += ["report", "compare", "list", "init"]
HEAVY = ["jax", "flax", "numpy", "matplotlib", "sklearn", "scipy", "xarray"]

SHOW_HELP = f"""
import sys
from retrain_sim import cli
sys.argv = ["retrain-sim", "--help"]
try:
    cli.main()
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", [name for name in {HEAVY} if name in sys.modules])
"""


def test_help_loads_nothing_heavy():
    command = [sys.executable, "-c", SHOW_HELP]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "loaded: []"
    assert all(f" {name} " in shown.stdout for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(cli, command):
    shown = cli(command, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert f"retrain-sim {command}" in shown.out


def test_no_argument_shows_help(cli):
    assert cli() == cli("--help")


def test_version_is_that_of_the_package(cli):
    assert cli("--version").out.strip() == retrain_sim.__version__


@pytest.fixture(scope="module")
def listed(request):
    """Read the list once: heading -> first words of its lines."""
    from forked import run_forked

    factory = request.getfixturevalue("tmp_path_factory")
    shown = run_forked(["list"], factory.mktemp("empty"), factory.mktemp("streams"))
    assert (shown.code, shown.err) == (0, "")
    blocks = [block.splitlines() for block in shown.out.strip().split("\n\n")]
    return {head: [row.split()[0] for row in rows] for head, *rows in blocks}


def test_list_shows_every_scenario_on_a_line(listed):
    assert sorted(listed["scenarios"]) == scenario_names()


@pytest.mark.parametrize("family", FAMILIES)
def test_list_shows_every_kind_on_a_line(listed, family):
    assert sorted(listed[family]) == sorted(kinds(family))
