"""Verdicts: 4 standard errors, the tolerance, and assumptions before both."""

import math

import numpy as np
import pytest

from retrain_sim.predictions.base import Assumption
from retrain_sim.sections import Claim
from retrain_sim.verdicts import (
    CLOSE,
    FAIL,
    NOT_APPLICABLE,
    PASS,
    judge_claim,
    judge_prediction,
    standard_error,
)

VALUES = np.array([1.0, 2.0, 3.0, 4.0])  # mean 2.5, standard error 0.6455
ERROR = math.sqrt(5 / 3 / 4)
HOLDS = Assumption("it holds", True)
MEASURED = Assumption("it is measured", None)
FAILS = Assumption("it fails", False, "so it does")


def verdict(predicted, values=VALUES, se=0.0, tolerance=0.1, audit=(HOLDS,)):
    return judge_prediction("arm", values, predicted, se, tolerance, audit)


def test_the_standard_error_of_the_mean():
    assert standard_error(VALUES) == pytest.approx(ERROR, rel=1e-12)
    assert math.isnan(standard_error(VALUES[:1]))


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(
    ("errors", "tolerance", "expected"),
    [(3.99, 0.0, PASS), (4.01, 0.0, FAIL), (4.01, 2.6, CLOSE), (4.01, 2.5, FAIL)],
)
def test_four_standard_errors_pass_then_the_tolerance(
    sign, errors, tolerance, expected
):
    found = verdict(2.5 + sign * errors * ERROR, tolerance=tolerance)
    assert found.verdict == expected
    assert found.gap == pytest.approx(-sign * errors * ERROR, rel=1e-9)
    assert found.se == pytest.approx(ERROR, rel=1e-9)


def test_the_predictions_own_error_adds_in_quadrature():
    found = verdict(2.5, se=2.0)
    assert found.se == pytest.approx(math.hypot(ERROR, 2.0), rel=1e-12)
    assert verdict(2.5 + 5 * ERROR, se=ERROR).verdict == PASS


@pytest.mark.parametrize(
    ("gap", "expected"), [(0.0, PASS), (9e-7, PASS), (1e-5, CLOSE), (0.2, FAIL)]
)
def test_seeds_that_agree_are_compared_up_to_rounding(gap, expected):
    assert verdict(0.5 + gap, values=np.full(3, 0.5)).verdict == expected


def test_a_single_seed_has_the_tolerance_alone():
    one = np.array([0.5])
    assert verdict(0.55, values=one).verdict == CLOSE
    beyond = verdict(0.75, values=one)
    assert beyond.verdict == NOT_APPLICABLE
    assert "one seed" in beyond.reason


def test_a_broken_assumption_comes_first():
    found = verdict(2.5, audit=(HOLDS, MEASURED, FAILS))
    assert found.verdict == NOT_APPLICABLE
    assert found.reason == "assumption fails: it fails (so it does)"


def test_what_is_measured_is_no_broken_assumption():
    assert verdict(2.5, audit=(HOLDS, MEASURED)).verdict == PASS


@pytest.mark.parametrize("nothing", [math.nan, math.inf])
def test_nothing_is_predicted(nothing):
    found = verdict(nothing)
    assert (found.verdict, found.reason) == (NOT_APPLICABLE, "nothing is predicted")


def test_values_that_are_not_finite_never_pass():
    found = verdict(1.0, values=np.array([1.0, np.nan]))
    assert found.verdict not in (PASS, CLOSE)


def path(*rounds):
    """Four seeds that differ in the last round by a little."""
    values = np.tile(np.array(rounds, float), (4, 1))
    values[:, -1] += [-0.01, 0.01, -0.02, 0.02]
    return values


@pytest.mark.parametrize(
    ("kind", "rounds", "expected"),
    [
        ("falls", (1.0, 2.0, 0.5), PASS),
        ("falls", (1.0, 0.5, 1.5), FAIL),
        ("rises", (1.0, 0.0, 1.5), PASS),
        ("rises", (1.0, 2.0, 0.5), FAIL),
        ("falls", (1.0, 0.97), FAIL),
        ("rises", (1.0, 1.0), FAIL),
    ],
)
def test_the_first_round_against_the_last(kind, rounds, expected):
    found = judge_claim(Claim(kind, ("a",)), {"a": path(*rounds)})
    assert found.verdict == expected


def test_every_arm_must_fall():
    values = {"a": path(1.0, 0.0), "b": path(1.0, 1.0)}
    assert judge_claim(Claim("falls", ("a",)), values).verdict == PASS
    assert judge_claim(Claim("falls", ("a", "b")), values).verdict == FAIL


def test_arms_in_order():
    values = {"a": path(9.0, 0.0), "b": path(5.0, 1.0), "c": path(0.0, 2.0)}
    assert judge_claim(Claim("ordered", ("a", "b", "c")), values).verdict == PASS
    assert judge_claim(Claim("ordered", ("a", "c", "b")), values).verdict == FAIL
    assert judge_claim(Claim("ordered", ("c", "b", "a")), values).verdict == FAIL


def test_seeds_are_paired():
    """A step that every seed makes counts, however far apart the seeds are."""
    base = np.array([0.0, 10.0, 20.0, 30.0])
    noise = np.array([0.1, -0.1, 0.1, -0.1])
    values = {"a": base[:, None], "b": (base + 1 + noise)[:, None]}
    assert judge_claim(Claim("ordered", ("a", "b")), values).verdict == PASS
    shuffled = values | {"b": values["b"][[2, 0, 3, 1]]}
    assert judge_claim(Claim("ordered", ("a", "b")), shuffled).verdict == FAIL


def test_the_least_step_is_reported():
    values = {"a": path(0.0, 0.0), "b": path(0.0, 1.0), "c": path(0.0, 1.5)}
    found = judge_claim(Claim("ordered", ("a", "b", "c"), "m"), values)
    assert found.gap == pytest.approx(0.5, abs=1e-9)
    assert found.subject == "m: a < b < c"


def test_values_that_are_not_finite_never_hold():
    values = {"a": np.array([[1.0, np.nan], [1.0, 0.0]])}
    assert judge_claim(Claim("falls", ("a",)), values).verdict == FAIL
    assert judge_claim(Claim("rises", ("a",)), values).verdict == FAIL
