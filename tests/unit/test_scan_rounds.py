"""The loop: T + 1 rows, T infos, and the same track however it is cut."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_identical

from retrain_sim.loop import advance_track, all_finite, scan_rounds, start_track


def walk(key, state):
    """One step of a random walk in two coordinates, and what was added."""
    added = jax.random.normal(key, (2,))
    return {"at": state["at"] + added}, {"added": added, "first": added[0]}


def observe(key, state):
    return {"at": state["at"], "noise": jax.random.normal(key)}


START = {"at": jnp.zeros(2)}


@pytest.mark.parametrize("n_rounds", [0, 1, 5])
def test_one_row_more_than_rounds(n_rounds, key):
    track = scan_rounds(key, walk, START, n_rounds, observe)
    assert track.rows["at"].shape == (n_rounds + 1, 2)
    assert track.rows["noise"].shape == (n_rounds + 1,)
    assert track.infos["added"].shape == (n_rounds, 2)
    assert track.infos["first"].shape == (n_rounds,)


def test_row_t_describes_the_state_after_t_rounds(key):
    track = scan_rounds(key, walk, START, 6, observe)
    np.testing.assert_array_equal(track.rows["at"][0], START["at"])
    np.testing.assert_array_equal(track.rows["at"][-1], track.state["at"])
    np.testing.assert_allclose(
        np.diff(track.rows["at"], axis=0), track.infos["added"], rtol=1e-5
    )


def test_every_round_draws_afresh(key):
    track = scan_rounds(key, walk, START, 6, observe)
    assert len(np.unique(track.infos["first"])) == 6
    assert len(np.unique(track.rows["noise"])) == 7


def test_a_step_and_an_observation_share_no_key(key):
    """Else a metric that draws would see the randomness of the round."""
    track = scan_rounds(
        key,
        lambda key, state: (state, jax.random.normal(key)),
        0,
        4,
        lambda key, state: jax.random.normal(key),
    )
    drawn = np.concatenate([track.rows, track.infos])
    assert len(np.unique(drawn)) == len(drawn)


@pytest.mark.parametrize("cuts", [[6], [1, 6], [2, 3, 6], [1, 2, 3, 4, 5, 6]])
def test_a_track_advanced_in_pieces_is_the_same_bit_for_bit(cuts, key):
    advance = jax.jit(
        lambda key, track, first, last: advance_track(
            key, walk, track, observe, first, last
        )
    )
    start = start_track(key, walk, START, 6, observe)
    whole = advance(key, start, 0, 6)
    pieces = start
    for first, last in zip([0, *cuts], cuts, strict=False):
        pieces = advance(key, pieces, first, last)
    assert_identical(pieces, whole)


def test_rows_to_come_are_zero(key):
    track = start_track(key, walk, START, 3, observe)
    track = advance_track(key, walk, track, observe, 0, 1)
    assert float(jnp.abs(track.rows["at"][1]).min()) > 0
    np.testing.assert_array_equal(track.rows["at"][2:], 0)
    np.testing.assert_array_equal(track.infos["added"][1:], 0)


def test_earlier_rounds_do_not_depend_on_how_many_follow(key):
    short = scan_rounds(key, walk, START, 2, observe)
    long = scan_rounds(key, walk, START, 5, observe)
    np.testing.assert_array_equal(short.rows["at"], long.rows["at"][:3])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_single_bad_number_is_not_finite(bad):
    tree = {"a": jnp.ones(3), "b": (jnp.arange(3), jnp.asarray([1.0, bad]))}
    assert not all_finite(tree)
    assert all_finite({"a": jnp.ones(3), "b": jnp.arange(3)})
