"""Every reward: a deterministic score of each outcome alone."""

import jax
import jax.numpy as jnp
import pytest
from component_cases import REWARDS, N
from contract import (
    assert_finite,
    assert_jit_agrees,
    assert_one_trace,
    assert_vmap_agrees,
    every,
)
from support import assert_close, assert_identical

pytestmark = pytest.mark.parametrize("case", every(REWARDS))


@jax.jit
def score(reward, x):
    return reward(x)


def test_one_finite_float_per_outcome(case):
    scores = case.reward(case.x)
    assert scores.shape == (N,)
    assert scores.dtype == jnp.float32
    assert_finite(scores)


def test_scores_differ_between_outcomes(case):
    assert float(jnp.ptp(case.reward(case.x))) > 0


def test_same_outcomes_same_scores(case):
    assert_identical(case.reward(case.x), case.reward(case.x))


def test_an_outcome_is_scored_alone(case):
    """Neither the order nor the number of the others matters."""
    assert_close(case.reward(case.x[5:2:-1]), case.reward(case.x)[5:2:-1])


def test_compiled_equals_eager(case):
    assert_jit_agrees(score, case.reward, case.x)


def test_mapped_equals_one_by_one(case):
    assert_vmap_agrees(score, case.reward, jnp.stack([case.x, case.x[::-1]]))


def test_one_trace_while_floats_are_swept(case):
    assert_one_trace(score.__wrapped__, case.reward, case.x)
