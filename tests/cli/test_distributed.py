"""``run --distributed``: two processes on loopback find what one process finds."""

import contextlib
import functools
import json
import os
import socket

import pytest
from commands import assert_one_line, contents
from forked import Running
from support import assert_close

import retrain_sim

SAME = ["history.nc", "prediction.nc", "scenario.toml"]


FIRST_PORT = 65536 - 2**12
"""JAX makes the coordinator's port of the job's number: this one and those above."""


def free_port(ports=(0,)):
    """Find a port that nobody listens on."""
    for port in ports:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise AssertionError("no free port")


def tell(environment):
    """Put words into the environment of the process that is about to begin."""
    os.environ.update(environment)


def slurm(port, number):
    """Return what Slurm tells process ``number`` of two on one node."""
    return {
        "SLURM_JOB_ID": str(port - FIRST_PORT),
        "SLURM_STEP_NODELIST": "127.0.0.1",
        "SLURM_NTASKS": "2",
        "SLURM_PROCID": str(number),
        "SLURM_LOCALID": str(number),
    }


def open_mpi(port, number):
    """Return what ``mpirun`` tells process ``number`` of two on one host."""
    job = (port - FIRST_PORT) * 2**12
    return {
        "OMPI_MCA_orte_hnp_uri": f"{job}.0;tcp://127.0.0.1:1",
        "OMPI_COMM_WORLD_SIZE": "2",
        "OMPI_COMM_WORLD_RANK": str(number),
        "OMPI_COMM_WORLD_LOCAL_RANK": str(number),
    }


@pytest.fixture
def pair(here, tmp_path_factory):
    """Run a command in two processes; ``differing`` are words for the second alone."""

    def run(*words, differing=()):
        join = ["--distributed", "--coordinator", f"127.0.0.1:{free_port()}"]
        join += ["--processes", 2, "--process"]
        started = [
            Running(
                [*words, *extra, *join, number],
                here,
                tmp_path_factory.mktemp(f"streams-{number}"),
            )
            for number, extra in enumerate([(), differing])
        ]
        return [running.end() for running in started]

    return run


def test_two_processes_find_what_one_finds(here, pair, done):
    """And the first one alone writes and prints."""
    first, second = pair("run", "letters.toml", "--out", "pair", "--json")
    assert (first.code, first.err, second.code) == (0, "", 0)
    assert (second.out, second.err) == ("", "")
    for name in SAME:
        assert (here / "pair" / name).read_bytes() == (done / name).read_bytes()
    result = json.loads((here / "pair" / "result.json").read_text())
    assert result["versions"]["device"].endswith("in 2 processes")
    assert json.loads(first.out)["out"] == "pair"


@pytest.mark.slow
@pytest.mark.parametrize("told_by", [slurm, open_mpi])
def test_a_launcher_says_who_the_others_are(here, done, tmp_path_factory, told_by):
    """Without any option: JAX reads it from the environment of each process."""
    port = free_port(range(FIRST_PORT, 65536))
    bind = {"JAX_COORDINATOR_BIND_ADDRESS": f"127.0.0.1:{port}"}
    words = [
        "run",
        "letters.toml",
        "--distributed",
        "--out",
        told_by.__name__,
        "--json",
    ]
    started = [
        Running(
            words,
            here,
            tmp_path_factory.mktemp(f"streams-{number}"),
            functools.partial(tell, told_by(port, number) | bind),
        )
        for number in range(2)
    ]
    first, second = [running.end() for running in started]
    assert (first.code, first.err, second.code) == (0, "", 0)
    assert (second.out, second.err) == ("", "")
    assert json.loads(first.out)["out"] == told_by.__name__
    result = json.loads((here / told_by.__name__ / "result.json").read_text())
    assert result["versions"]["device"].endswith("in 2 processes")
    found = (here / told_by.__name__ / "history.nc").read_bytes()
    assert found == (done / "history.nc").read_bytes()


@pytest.mark.slow
def test_all_devices_share_a_single_run(here, pair, cli):
    """Candidates and mini-batches are dealt to the devices of both processes."""
    words = ["run", "flow.toml", "--seeds", "1", "--rounds", "3", "--json"]
    assert [end.code for end in pair(*words, "--out", "pair")] == [0, 0]
    assert cli(*words, "--out", "alone").code == 0
    both = [retrain_sim.open_history(here / name) for name in ("pair", "alone")]
    found, expected = ({str(n): v.values for n, v in h.items()} for h in both)
    assert_close(found, expected)


def test_a_fault_is_told_once_and_ends_both(here, pair):
    held = contents(here)
    first, second = pair("run", "letters.toml", "--set", "reward.0.values=[1]")
    assert_one_line(first, ["values"])
    assert (second.code, second.out, second.err) == (2, "", "")
    assert contents(here) == held


def test_a_fault_of_one_process_names_it(pair):
    first, second = pair("run", "letters.toml", differing=["--set", "run.seeds=0"])
    assert_one_line(first, ["process 1", "seeds"])
    assert second.code == 2


def test_without_a_cluster_the_options_are_named(refused):
    says = ["--distributed", "Slurm", "--coordinator HOST:PORT"]
    refused("run", "letters.toml", "--distributed", says=says)


def test_the_options_need_the_flag(refused):
    refused("run", "letters.toml", "--processes", "2", says=["need --distributed"])
