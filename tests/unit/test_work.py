"""Work of an image model, counted: what a formula says of networks with one."""

import pytest

from retrain_sim.models import FlowMatching
from retrain_sim.models.work import work_of


def flow(**settings):
    return FlowMatching(**{"hidden": (64, 32), "batch": 8, "dim": 10, **settings})


def test_a_perceptron_needs_two_operations_per_weight_and_sample():
    weights = 26 * 64 + 64 * 32 + 32 * 10
    found = work_of(flow(solver="euler", solver_steps=7))
    assert found.parameters == weights + 64 + 32 + 10
    assert found.sample == pytest.approx(7 * 2 * weights, rel=0.15)
    forward_and_back = 3 * 2 * weights - 2 * 26 * 64  # no gradient of the data
    assert found.step == pytest.approx(8 * forward_and_back, rel=0.15)


def test_solvers_differ_in_evaluations():
    euler, heun = (work_of(flow(solver=name)).sample for name in ("euler", "heun"))
    assert heun == pytest.approx(2 * euler)


def test_memory_grows_with_the_batch_by_what_the_backward_pass_holds():
    small, large = (work_of(flow(batch=n)) for n in (100, 200))
    held = 2 * small.training - large.training
    copies = 5 * 4 * small.parameters
    assert held == pytest.approx(copies, rel=0.01)
    assert small.training > copies
