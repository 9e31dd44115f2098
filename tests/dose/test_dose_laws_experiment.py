"""The experiment on the laws of the dose holds, and fails with wrong laws."""

import numpy as np
import pytest

from experiments import dose_laws
from experiments.dose_laws import SIZES, judge
from experiments.dose_laws.simulate import pooled_errors, process_errors
from retrain_sim.dose.laws import PowerLaw, best_mean_weight, mean_task
from retrain_sim.dose.laws.power_law import Exponents
from retrain_sim.verdicts import FAIL, PASS

DRAWS = 10_000


def outcomes(verdicts):
    return [v.verdict for v in verdicts]


def test_a_wrong_weight_fails():
    assert judge.weights(DRAWS).verdict == PASS
    wrong = judge.weights(DRAWS, lambda task, ratio: 0.9 * best_mean_weight(task))
    assert wrong.verdict == FAIL


def test_another_distance_fails():
    errors = pooled_errors(0.3, SIZES, DRAWS)
    assert outcomes(judge.pooled(mean_task(20, 0.3), SIZES, errors)) == [PASS] * 3
    assert outcomes(judge.pooled(mean_task(20, 0.35), SIZES, errors))[0] == FAIL
    assert judge.agreement(mean_task(20, 0.3), errors).verdict == PASS
    assert judge.agreement(mean_task(18, 0.3), errors).verdict == FAIL
    assert judge.unbounded(pooled_errors(0.1, SIZES, DRAWS), SIZES).verdict == PASS
    assert judge.unbounded(errors, SIZES).verdict == FAIL


def test_more_is_better_fails_the_u():
    errors = pooled_errors(0.0, SIZES, DRAWS)
    assert outcomes(judge.pooled(mean_task(20, 0.3), SIZES, errors)) == [
        FAIL,
        PASS,
        FAIL,
    ]


def test_another_strength_fails():
    strengths = 0.3125 * 2.0 ** np.arange(-4, 5)
    errors = process_errors(strengths, 2000)
    assert outcomes(judge.process(strengths, errors, 0.3125)) == [PASS, PASS]
    assert FAIL in outcomes(judge.process(strengths, errors, 1.25))


def test_a_wrong_exponent_fails():
    def wrong(task):
        return Exponents(0.26, 0.5)

    assert judge.exponent(PowerLaw(), wrong).verdict == FAIL


@pytest.mark.slow
def test_the_laws_hold(tmp_path):
    verdicts = dose_laws.EXPERIMENT.run("smoke", tmp_path)
    assert outcomes(verdicts) == [PASS] * len(verdicts)
    assert (tmp_path / "figure.png").stat().st_size > 10_000
