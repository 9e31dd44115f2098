"""Experiments on the dose in the loop: their verdicts can fail, and hold."""

import numpy as np
import pytest

from experiments import (
    adaptive_dose,
    domain_adaptation,
    dose_curve,
    verification_threshold,
)
from experiments.adaptive_dose.judge import judge as judge_adaptive
from experiments.domain_adaptation.judge import judge as judge_adaptation
from experiments.domain_adaptation.mixing import Cell, weigh
from retrain_sim.dose.verification import verification_threshold as threshold
from retrain_sim.verdicts import FAIL, PASS

ROUNDS, SEEDS = 12, 200


def test_no_verification_allows_half_and_a_perfect_verifier_everything():
    assert threshold(0.7, 0.7) == 0.5
    assert threshold(0.2, 0.0) == 1.0
    with pytest.raises(ValueError, match="phi is 0"):
        threshold(0.0, 0.5)


def test_the_threshold_of_another_verifier_fails(monkeypatch):
    """Accuracies that turn at 1/2, whatever the verifier."""
    rng = np.random.default_rng(0)
    jump = np.where(np.array(verification_threshold.WRONG) < 0.5, 0.95, 0.05)
    shape = (20, len(verification_threshold.VERIFIERS), len(jump))
    made = jump + 0.01 * rng.normal(size=shape)
    m = {"made": made, "both": made, "real": 0.9 + 0.01 * rng.normal(size=20)}
    found = {v.subject: v.verdict for v in verification_threshold.judge(m)}
    first = [v for name, v in found.items() if "p* = 0.500" in name]
    others = [v for name, v in found.items() if "truth" in name and v not in first]
    assert set(first) == {PASS}
    assert others == [FAIL, FAIL]


def paths(level):
    rng = np.random.default_rng(0)
    return level * (1 + 0.1 * rng.normal(size=(SEEDS, ROUNDS + 1)))


def test_the_adaptive_dose_fails_where_it_is_no_better():
    same = {
        f"{arm}, bias {b}": {"error": np.stack([paths(0.05)])}
        for arm in ("adaptive", "trusting", "fixed")
        for b in (0.0, 0.1)
    }
    found = {v.subject: v.verdict for v in judge_adaptive(same, (0.5,), (0.0, 0.1))}
    assert found["no bias: adaptive beats every fixed share"] == FAIL
    assert found["bias 0.1: to trust that there is none is worse"] == FAIL
    assert found["no bias: trusting filter on the exact law"] == FAIL
    assert found["fixed share 0.5: moment equations"] == FAIL
    (last,) = [verdict for name, verdict in found.items() if "serves both" in name]
    assert last == FAIL


def test_the_weight_of_wrong_biases_fails():
    grid = tuple(Cell(b, 0.5, 90.0, 20, 50) for b in (0.3, 0.6))
    weights, errors = weigh(grid, 5, 2000)
    laws = np.array(
        [domain_adaptation.law(cell._replace(source_bias=0.0)) for cell in grid]
    )
    right = np.array([domain_adaptation.law(cell) for cell in grid])
    trained = 0.3 + 0.01 * np.random.default_rng(0).normal(size=(20, 3, 11))
    shares = np.linspace(0, 1, 11)
    assert judge_adaptation(weights, errors, right, shares, trained)[0].verdict == PASS
    wrong = judge_adaptation(weights, errors, laws, shares, trained)
    assert {v.verdict for v in wrong} == {FAIL}


HERE = (adaptive_dose, domain_adaptation, dose_curve, verification_threshold)


@pytest.mark.slow
@pytest.mark.parametrize("module", HERE)
def test_the_experiment_holds(module, tmp_path):
    verdicts = module.EXPERIMENT.run("smoke", tmp_path)
    assert [v for v in verdicts if v.verdict != PASS] == []
    assert (tmp_path / "figure.png").stat().st_size > 10_000
