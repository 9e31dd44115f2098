"""CPU devices that factorize matrices at the same time do not wait for each other."""

import subprocess
import sys

import jax
import numpy as np
import pytest
from support import prepared_of

from retrain_sim import devices, placement
from retrain_sim.simulate import Simulation
from retrain_sim.sweeping.batch import Batch, Room

COUNT = """
from pathlib import Path
from retrain_sim.devices import use_devices
use_devices(2)
import jax
print(len(jax.devices()))
print(sum("XLAEigen" in p.read_text() for p in Path("/proc/self/task").glob("*/comm")))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts in /proc")
def test_the_cpu_runtime_has_more_threads_than_devices(monkeypatch):
    monkeypatch.delenv(devices.THREADS)
    done = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True)
    n_devices, n_threads = map(int, done.stdout.split())
    assert n_devices == 2
    assert n_threads == devices.n_cores() + devices.SPARE_THREADS


@pytest.mark.parametrize(
    ("threads", "n_cpu", "version", "spare"),
    [("2", 2, (0, 10, 2), False), ("3", 2, (0, 10, 2), True), ("2", 1, (0, 10), True),
     ("2", 2, (0, 11), True)],
)  # fmt: skip
def test_threads_are_spare_or_not_needed(monkeypatch, threads, n_cpu, version, spare):
    monkeypatch.setenv(devices.THREADS, threads)
    monkeypatch.setattr(jax, "__version_info__", version)
    assert devices.has_spare_threads(n_cpu) == spare


def test_without_spare_threads_one_device_does_all_runs(monkeypatch):
    prepared = prepared_of("coin-drift", run__rounds=2)
    coin = prepared.arms["coin"]
    assert len(placement.devices_for(coin, 8)) == 2
    assert Batch([coin], Room(1, 8, 2)).layout.devices == 2
    monkeypatch.setattr(placement, "has_spare_threads", lambda n_cpu: False)
    assert len(placement.devices_for(coin, 8)) == 1
    assert Batch([coin], Room(1, 8, 2)).layout.devices == 1


@pytest.mark.slow
def test_many_factorizations_on_two_devices_come_to_an_end():
    """Without spare threads two devices of two cores wait forever here (jax 0.10)."""
    center = [{"name": "r", "kind": "quadratic-peak", "center": [0.0] * 10}]
    run = {"run__rounds": 100, "run__seeds": 300, "curation__n_kept": 10}
    prepared = prepared_of("gaussian-decay", data__dim=10, reward=center, **run)
    found = Simulation(prepared).run()
    assert np.isfinite(found.rows["variance/trace"]).all()
