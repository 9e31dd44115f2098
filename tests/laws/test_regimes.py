"""The first round of every regime, given p_0, against its law; accumulation's law."""

import numpy as np
import pytest
from support import assert_mean, prepared_of, result_of, slow

from retrain_sim.predictions.paths import step_by_step
from retrain_sim.theory import gaussian_accumulate_variance, population_round

LETTERS = {
    "data": {"kind": "alphabet", "probs": [0.4, 0.3, 0.2, 0.1]},
    "model": {"kind": "categorical"},
    "reward": [{"kind": "table", "values": [0.0, 1.0, 2.0, 3.0]}],
    "groups": {"kind": "alphabet"},
    "curation": {
        "kind": "k-choice",
        "voter_weights": [1.0],
        "slate_size": 3,
        "n_candidates": 60,
        "n_kept": 30,
    },
    "arms": {},
    "claim": [],
    "run": {"rounds": 1, "seeds": 3000},
}
SPREAD = "collapse/within_group_spread"
REPLACE = {"kind": "replace"}
VERIFIER = {"kind": "table", "values": [0.0, 0.0, 1.0, 1.0]}
REGIMES = {
    "accumulate": {"kind": "accumulate", "real_size": 20},
    "accumulate-subsample": {"kind": "accumulate-subsample", "n_train": 15},
    "fixed-real": {"kind": "fixed-real", "n_real": 10},
    "fresh-real": {"kind": "fresh-real", "n_fresh": 10},
    "real-share": {"kind": "real-share", "real_share": 0.3},
    "replace": REPLACE,
    "sliding-window": {"kind": "sliding-window", "window": 1},
}
PROBS = np.array([0.4, 0.3, 0.2, 0.1])
CURATED = population_round(PROBS, [[0.0, 1.0, 2.0, 3.0]], [1.0], 3)


def last_shares(**changes):
    history = result_of("coin-drift", **LETTERS, **changes).history
    return np.stack([history[f"share/{i}"].values[0, :, -1] for i in range(4)], axis=1)


def law_of(**changes):
    prepared = prepared_of("coin-drift", **LETTERS, **changes)
    scenario = next(iter(prepared.arms.values()))
    return step_by_step(scenario, prepared.atoms, prepared.atoms.probs, 1)[-1]


@pytest.mark.parametrize("kind", REGIMES)
def test_one_round_follows_the_regime_s_law(kind):
    shares = last_shares(regime=REGIMES[kind])
    assert_mean(shares, law_of(regime=REGIMES[kind]))


def test_the_laws_say_what_is_mixed():
    """By hand: 20 real and 30 kept; 30 real and 30 kept; 10 real and 30 kept."""
    for kind, share in [
        ("accumulate", 20 / 50),
        ("accumulate-subsample", 30 / 60),
        ("fixed-real", 10 / 40),
        ("fresh-real", 10 / 40),
        ("real-share", 0.3),
        ("sliding-window", 0.0),
    ]:
        expected = share * PROBS + (1 - share) * CURATED
        np.testing.assert_allclose(law_of(regime=REGIMES[kind]), expected, rtol=1e-6)


def test_an_anchor_of_its_own_law_is_mixed_in():
    anchor = {"kind": "alphabet", "probs": [0.0, 0.0, 0.5, 0.5]}
    regime = {"kind": "external-anchor", "anchor": anchor, "share": 0.4}
    expected = 0.6 * CURATED + 0.4 * np.array([0, 0, 0.5, 0.5])
    assert_mean(last_shares(regime=regime), expected)


@pytest.mark.parametrize(("phi", "psi"), [slow(1.0, 0.0), (0.9, 0.3)])
def test_a_verifier_passes_good_samples_more_often(phi, psi):
    """Accepted counts vary: shares have a bias of order 1/n_kept, so many are kept."""
    regime = {"kind": "verifier-filter", "inner": REPLACE, "verifier": VERIFIER}
    regime |= {"threshold": 0.5, "phi": phi, "psi": psi}
    size = {"curation__n_kept": 2000, "curation__n_candidates": 4000, "run__seeds": 200}
    accepted = CURATED * np.array([psi, psi, phi, phi])
    expected = accepted / accepted.sum()
    shares = last_shares(regime=regime, **size)
    possible = expected > 0
    assert (shares[:, ~possible] == 0).all()
    assert_mean(shares[:, possible], expected[possible])


def test_a_window_of_one_round_is_replacement():
    window = last_shares(regime=REGIMES["sliding-window"], run__rounds=4)
    assert (window == last_shares(regime=REPLACE, run__rounds=4)).all()


@pytest.mark.parametrize("rounds", [slow(1), 5, slow(20)])
def test_a_gaussian_that_accumulates_does_not_collapse(rounds):
    """Given the first fit: E[var_t] = var_0 prod_{i=2}^{t+1} (1 - 1/(n i^2))."""
    n = 20
    changes = {
        "data__n": 2 * n,
        "regime": {"kind": "accumulate", "real_size": n},
        "curation__n_kept": n,
        "run__rounds": rounds,
        "run__seeds": 1500,
        "claim": [],
        "metrics": {"names": ["spread"]},
        "headline": {"metric": SPREAD},
        "run__shown": 1,
    }
    values = result_of("gaussian-decay", **changes).history[SPREAD].values[0, :, -1]
    scenario = next(iter(prepared_of("gaussian-decay", **changes).arms.values()))
    law = gaussian_accumulate_variance(float(scenario.params.cov[0, 0]), n, rounds)
    assert_mean(values, (1 - 1 / n) * law[-1])  # measured on n candidates
