"""Bigrams retrained on their own sequences: consistent, and absorbing in the end."""

import jax
import jax.numpy as jnp
import numpy as np
from support import spec_from

from retrain_sim import prepare
from retrain_sim.loop import initial_state, retrain_round, scan_rounds

CHAIN = [[0.1, 0.9, 0.0], [0.5, 0.25, 0.25], [0.3, 0.3, 0.4]]


def bigrams(n, length, n_kept, **chain):
    """Prepare a bigram loop on sequences of a Markov chain."""
    reward = {"kind": "region", "low": [0] * length, "high": [9] * length}
    return prepare(
        spec_from(
            {
                "data": {"kind": "markov", "n": n, "length": length, **chain},
                "model": {"kind": "n-gram", "order": 2},
                "reward": [reward],
                "groups": {"kind": "symbol"},
                "curation": {"kind": "none", "n_kept": n_kept},
                "run": {"atoms": 10},
            }
        )
    )


def test_maximum_likelihood_finds_the_transitions():
    """Errors are below 4 standard errors of the counts, and 0 stays 0."""
    prepared = bigrams(4000, 20, 10, transitions=CHAIN)
    scenario = next(iter(prepared.arms.values()))
    found, law = np.asarray(scenario.params)[:3], np.asarray(CHAIN)
    letters = np.bincount(np.asarray(scenario.real[0])[:, :-1].ravel())
    error = np.sqrt(law * (1 - law) / letters[:, None])
    assert (np.abs(found - law) <= 4 * error + 1e-7).all()
    assert found[0, 2] == 0


def test_a_lost_transition_never_returns():
    """Unless its whole context is lost for a round: the uniform law then steps in."""
    n_rounds = 40
    prepared = bigrams(40, 8, 20, size=5, concentration=0.5)
    scenario = next(iter(prepared.arms.values()))

    @jax.jit
    def simulate(key, scenario):
        start, rest = jax.random.split(key)

        def step(key, state):
            following, _ = retrain_round(key, state, scenario)
            return following, state.view.x

        return scan_rounds(
            rest,
            step,
            initial_state(start, scenario, n_rounds),
            n_rounds,
            lambda key, state: state.params,
        )

    track = simulate(jax.random.key(0), scenario)
    law, trained_on = np.asarray(track.rows), np.asarray(track.infos)
    lost = law[:-1, :5] == 0
    found = jnp.asarray(law[1:, :5]) > 0
    seen = np.array([[i in x[:, :-1] for i in range(5)] for x in trained_on])
    assert not (lost & found & seen[:, :, None]).any()
    alive = [(row[:5] > 0)[kept].sum() for row, kept in zip(law[1:], seen, strict=True)]
    assert alive[-1] < alive[0] < 25
