"""A run that leaves the finite numbers says where, or records it."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from support import prepared_of

from retrain_sim.errors import NonFiniteError
from retrain_sim.loop import all_finite
from retrain_sim.simulate import Simulation

SEED, EDGE = 5, 5.0


def breaks_beyond_the_edge(x):
    """Like greater numbers, up to an edge."""
    return jnp.where(x[:, 0] > EDGE, jnp.nan, x[:, 0])


def climbing():
    """A Gaussian that climbs by its variance a round, until the reward breaks."""
    return prepared_of(
        "gaussian-decay",
        reward=[
            {
                "name": "up",
                "kind": "import",
                "path": f"{__name__}:breaks_beyond_the_edge",
            }
        ],
        curation={
            "kind": "k-choice",
            "voter_weights": [1.0],
            "slate_size": math.inf,
            "n_candidates": 400,
            "n_kept": 400,
        },
        regime={"kind": "real-share", "real_share": 0.0},
        prediction={"kind": "population-map"},
        run={"rounds": 12, "seeds": 3, "seed": SEED, "atoms": 50},
        claim=[],
        arms={
            "tame": {"regime": {"real_share": 1.0}},
            "wild": {},
        },
    )


@pytest.fixture(scope="module")
def recorded():
    return Simulation(climbing()).run(raise_nonfinite=False).rows["run/finite"]


def test_a_run_that_may_go_on_records_where_it_was_not_finite(recorded):
    assert recorded.shape == (2, 3, 13)
    assert set(np.unique(recorded)) == {0.0, 1.0}
    assert (recorded[0] == 1).all()
    assert (recorded[1, :, 0] == 1).all()
    assert (recorded[1].min(axis=1) == 0).all()


@pytest.mark.parametrize("chunk_seconds", [1e-9, 1e9])
def test_the_first_bad_round_is_named_with_its_arm_and_seed(recorded, chunk_seconds):
    first = np.argmin(recorded[1], axis=1)
    seed = SEED + int(np.argmin(first))
    where = f"arm 'wild', round {first.min()}, seed {seed}"
    with pytest.raises(NonFiniteError, match=where):
        Simulation(climbing()).run(chunk_seconds=chunk_seconds)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_one_bad_number_among_many_is_found(bad, dtype):
    good = {"x": jnp.full((40, 3), 300.0, dtype), "label": jnp.arange(3)}
    assert all_finite(good)
    assert not all_finite(good | {"x": good["x"].at[7, 1].set(bad)})


def test_infinities_of_both_signs_do_not_hide_each_other():
    assert not all_finite(jnp.array([math.inf, -math.inf]))
