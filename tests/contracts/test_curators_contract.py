"""Every curator: always exactly ``n_kept`` of ``n_candidates`` candidates."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from component_cases import CURATORS, VIEW, N
from contract import assert_jit_agrees, assert_one_trace, assert_vmap_agrees, every
from support import assert_identical

from retrain_sim.base import parts_of
from retrain_sim.curation import draws, scores

pytestmark = pytest.mark.parametrize("curator", every(CURATORS))
CANDIDATES = VIEW._replace(weights=jnp.ones(N))


LOG_PROB = jnp.linspace(-3.0, 0.5, N)


@jax.jit
def select(curator, key, view):
    return curator.select(key, view, LOG_PROB)


def sees_shifts(curator):
    """Joint scores of all rewards, and acceptance, are about their absolute values."""
    made = {type(part) for _, part in parts_of(curator)}
    return made & {draws.Rejection, scores.NashProduct, scores.MaxMin}


def rejects(curator):
    return any(isinstance(part, draws.Rejection) for _, part in parts_of(curator))


def test_exactly_n_kept_candidates_and_their_voters(curator, key):
    selection = select(curator, key, CANDIDATES)
    for part in selection:
        assert part.shape == (curator.n_kept,)
        assert part.dtype == jnp.int32
    assert set(np.asarray(selection.index)) <= set(range(curator.n_candidates))
    assert set(np.asarray(selection.voter)) <= set(range(len(CANDIDATES.rewards)))


def test_same_key_same_choice(curator, key):
    first = select(curator, key, CANDIDATES)
    assert_identical(first, select(curator, key, CANDIDATES))


def test_compiled_equals_eager(curator, key):
    assert_jit_agrees(select, curator, key, CANDIDATES)


def test_mapped_equals_one_by_one(curator, key):
    assert_vmap_agrees(select, curator, jax.random.split(key, 3), CANDIDATES)


def test_one_trace_while_floats_are_swept(curator, key):
    assert_one_trace(select.__wrapped__, curator, key, CANDIDATES)


@pytest.mark.parametrize("scale", [0.0, 1e4, 1e30])
def test_equal_and_enormous_rewards_are_chosen_from_too(curator, scale, key):
    view = CANDIDATES._replace(rewards=scale * CANDIDATES.rewards)
    allowed = set(range(N)) | ({-1} if rejects(curator) and scale == 0 else set())
    assert set(np.asarray(select(curator, key, view).index)) <= allowed


def test_a_shift_of_a_reward_changes_nothing(curator, key):
    """Whole numbers, so that the shift itself is exact."""
    rewards = jnp.round(4 * CANDIDATES.rewards)
    shift = jnp.asarray([[64.0], [-32.0]])
    first = select(curator, key, CANDIDATES._replace(rewards=rewards))
    other = select(curator, key, CANDIDATES._replace(rewards=rewards + shift))
    if sees_shifts(curator):
        pytest.skip("it is not meant to be free of shifts")
    assert_identical(first, other)
