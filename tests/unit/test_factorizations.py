"""CPU devices that factorize matrices at the same time do not wait for each other."""

import jax
import numpy as np
import pytest
from support import prepared_of

from retrain_sim import factorizations, placement
from retrain_sim.simulate import Simulation
from retrain_sim.sweeping.batch import Batch, Room

SEVERAL_DEVICES = True

LOCAL = "local_device_count"


def gaussian(dim, seeds=2, rounds=1):
    """Prepare Gaussians, refitted by their covariances."""
    center = [{"name": "r", "kind": "quadratic-peak", "center": [0.0] * dim}]
    run = {"run__rounds": rounds, "run__seeds": seeds, "curation__n_kept": 10}
    run["metrics__names"] = ["variance"]
    return prepared_of("gaussian-decay", data__dim=dim, reward=center, **run)


@pytest.mark.parametrize(
    ("version", "devices", "waits"),
    [((0, 10, 2), 2, True), ((0, 10, 2), 1, False), ((0, 11), 2, False)],
)
def test_several_devices_of_an_old_runtime_may_wait(
    monkeypatch, version, devices, waits
):
    monkeypatch.setattr(jax, "__version_info__", version)
    monkeypatch.setattr(jax, LOCAL, lambda: devices)
    assert factorizations.may_wait() == waits


@pytest.mark.parametrize(
    ("dim", "n_runs", "alone"), [(2, 300, False), (10, 300, True), (10, 20, False)]
)
def test_one_device_does_runs_that_factorize_side_by_side(
    monkeypatch, dim, n_runs, alone
):
    monkeypatch.setattr(placement, "may_wait", lambda: True)
    arm = next(iter(gaussian(dim).arms.values()))
    assert placement.needs_one_device(arm, n_runs) == alone
    assert len(placement.devices_for(arm, n_runs)) == (1 if alone else 2)
    assert Batch([arm], Room(1, n_runs, 1)).layout.devices == (1 if alone else 2)


def test_later_runtimes_use_all_devices(monkeypatch):
    monkeypatch.setattr(placement, "may_wait", lambda: False)
    arm = next(iter(gaussian(10).arms.values()))
    assert len(placement.devices_for(arm, 300)) == 2


@pytest.mark.slow
def test_many_factorizations_come_to_an_end():
    """On two devices of two cores these runs waited forever (jaxlib 0.10)."""
    found = Simulation(gaussian(10, seeds=300, rounds=100)).run()
    assert np.isfinite(found.rows["variance/trace"]).all()
