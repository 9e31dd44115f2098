"""One entropy target for data mixing and for curation, too."""

import jax
import numpy as np
import pytest
from support import prepared_of

from retrain_sim.control import Fixed, Halving, Integral
from retrain_sim.control.steering import steer
from retrain_sim.control.targets import Held

LOG_TWO = np.log(2)
SMALL = {"curation__n_candidates": 4000, "curation__n_kept": 4000}
NOVEL = {
    "curation": {
        "kind": "rule",
        "n_candidates": 4000,
        "n_kept": 4000,
        "score": {
            "kind": "power-novelty",
            "zeta": 0.0,
            "inner": {"kind": "random-voter", "voter_weights": [0.3, 0.7]},
        },
        "draw": {"kind": "slates", "slate_size": 2},
    },
    "arms": {},
    "claim": [],
}


def steering(knob, rounds=60):
    """Return what steers; it compiles once for controllers of a kind."""

    def one(key, scenario, controller):
        return steer(key, scenario, controller, knob, rounds)

    many = jax.jit(jax.vmap(one, (0, None, None)))
    keys = jax.random.split(jax.random.key(0), 4)

    def run(scenario, controller):
        track = many(keys, scenario, controller)
        return np.asarray(track.rows["control/entropy"]) / LOG_TWO, track.infos

    return run


def test_the_share_of_real_data_holds_the_entropy():
    scenario = prepared_of("two-tribes", regime={"kind": "real-share"}, **SMALL)
    scenario, run = scenario.arms["K = 2"], steering("regime.real_share")
    left, _ = run(scenario, Integral(Held(0.8), 0.0, 0.0, 1.0))
    assert (left[:, -1] < 0.01).all()
    held, infos = run(scenario, Integral(Held(0.8), 0.3, 0.0, 1.0))
    np.testing.assert_allclose(held[:, -20:].mean(axis=1), 0.8, atol=0.02)
    shares = infos["control/knob"]
    assert ((shares >= 0) & (shares <= 1)).all()


@pytest.mark.slow
def test_the_strength_of_a_curation_rule_holds_the_entropy():
    scenario = prepared_of("two-tribes", **NOVEL)
    scenario = next(iter(scenario.arms.values()))
    run = steering("curator.score.zeta")
    left, _ = run(scenario, Fixed())
    held, _ = run(scenario, Halving(Held(0.8), least=1e-2, most=8.0))
    assert (left[:, -1] < 0.01).all()
    assert (np.abs(held[:, -20:].mean(axis=1) - 0.8) < 0.1).all()
