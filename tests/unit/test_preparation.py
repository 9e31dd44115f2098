"""From a spec to a scenario: what does not fit together is refused by name."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_identical, prepared_of, spec_of

from retrain_sim import prepare, run
from retrain_sim.errors import UserError
from retrain_sim.kit import check_scores

LARGE = {
    "data__dim": 20,
    "curation__n_kept": 20_000,
    "metrics__names": ["rewards", "spread"],
    "run": {"rounds": 2, "seeds": 2, "atoms": 30},
}
VECTORS = {"run__rounds": 1, "run__seeds": 2, "run__atoms": 30}


def reward(**fields):
    return {"reward": [{"name": "r"} | fields]}


def own(name, **fields):
    return reward(kind="import", path=f"{__name__}:{name}", **fields)


def traceable(x):
    return x[:, 0] ** 2


def numpy_only(x):
    return np.sort(np.asarray(x), axis=0)[:, 0]


def many_numbers(x):
    """Take long enough, on arrays large enough, for two callbacks to meet."""
    return -np.square(np.asarray(x)).sum(axis=1)


def wrong_shape(x):
    return x


def not_finite(x):
    return jnp.where(jnp.arange(len(x)) == 2, jnp.nan, x[:, 0])


def broken(x):
    raise RuntimeError("no such luck\nand more lines")


ONE_VOTER = {
    "model": {"kind": "gaussian"},
    "curation__voter_weights": [1.0],
    "arms": {},
    "claim": [],
}

SEQUENCES = {
    "data": {"kind": "markov", "size": 3, "n": 20, "length": 4},
    "model": {"kind": "n-gram"},
    "groups": {"kind": "symbol"},
}
ROWS = {
    "data": {"kind": "regression", "dim": 2, "n": 20},
    "model": {"kind": "linear-regression"},
}

MISFITS = [
    ("gaussian-decay", {"model": {"kind": "n-gram"}}, "n-gram needs sequences, not ve"),
    (
        "gaussian-decay",
        {"groups": {"kind": "symbol"}},
        "symbol needs sequences, not v",
    ),
    ("gaussian-decay", SEQUENCES | {"model": {"kind": "gaussian"}}, "not sequences"),
    (
        "gaussian-decay",
        SEQUENCES | {"model": {"kind": "n-gram", "order": 12}},
        "model.order: is 12, with 3 letters at most 9",
    ),
    (
        "gaussian-decay",
        SEQUENCES
        | {"groups": {"kind": "symbol", "position": 4}}
        | reward(kind="region", low=[0.0] * 4, high=[2.0] * 4),
        "groups.position: is 4, allowed 0..3",
    ),
    (
        "gaussian-decay",
        SEQUENCES | reward(kind="region", low=[0.0], high=[1.0]),
        "reward.low: 1 coordinates, data (4,)",
    ),
    (
        "gaussian-decay",
        {"model": {"kind": "linear-regression"}},
        "linear-regression needs inputs and a label",
    ),
    (
        "coin-drift",
        {"model": {"kind": "linear-regression"}},
        "linear-regression needs vectors, not letters",
    ),
    (
        "gaussian-decay",
        {"metrics__names": ["regression-error"]},
        "regression-error needs the true coefficients: use data kind regression",
    ),
    (
        "gaussian-decay",
        ROWS | reward(kind="linear", weights=[1.0]),
        "reward.weights: 1 coordinates, data (3,)",
    ),
    (
        "gaussian-decay",
        reward(kind="ball", center=[0.0, 1.0, 2.0]),
        "reward.center: 3 coordinates, data (1,)",
    ),
    (
        "gaussian-decay",
        reward(kind="jump-disc", center=[0.0, 1.0]),
        "reward.center: 2 coordinates, data (1,)",
    ),
    (
        "gaussian-decay",
        reward(kind="distance", target=[0.0, 1.0]),
        "reward.target: 2 coordinates, data (1,)",
    ),
    (
        "coin-drift",
        reward(kind="distance", target=[0.0]),
        "reward.target: 1 coordinates, but the data are letters",
    ),
    (
        "coin-drift",
        reward(kind="region", letters=[0, 2]),
        "reward.letters: 2; at most 1",
    ),
    (
        "gaussian-decay",
        reward(kind="region", letters=[0]),
        "a set of letters needs letters, not vectors",
    ),
    ("gaussian-decay", reward(kind="confidence"), "two classes or more"),
    ("coin-drift", {"model": {"kind": "gaussian"}}, "gaussian needs vectors"),
    ("coin-drift", {"model": {"kind": "flow-matching"}}, "flow-matching needs vectors"),
    ("coin-drift", {"model": {"kind": "categorical", "size": 1}}, "model.size"),
    ("gaussian-decay", {"model": {"kind": "categorical"}}, "categorical needs letters"),
    ("gaussian-decay", {"groups": {"kind": "alphabet"}}, "alphabet needs letters"),
    ("gaussian-decay", {"groups": {"kind": "classifier"}}, "two classes or more"),
    (
        "gaussian-decay",
        {"groups": {"kind": "nearest-mode", "centers": [[0.0, 1.0]]}},
        "groups.centers: shape (1, 2) does not fit the data",
    ),
    ("coin-drift", {"groups": {"kind": "nearest-mode"}}, "name no modes"),
    ("coin-drift", {"metrics__names": ["spread"]}, "spread needs vectors"),
    (
        "coin-drift",
        {"metrics__names": ["sliced-wasserstein"]},
        "sliced-wasserstein needs vectors",
    ),
    ("coin-drift", reward(kind="table", values=[1.0]), "1 values for 2 letters"),
    (
        "coin-drift",
        reward(kind="table", values=[1.0, float("inf")]),
        "reward.r.values: must be finite, got [1.0, inf]",
    ),
    (
        "gaussian-decay",
        reward(kind="quadratic-peak", center=[0.0, 1.0]),
        "2 coordinates, data (1,)",
    ),
    ("digits", reward(kind="class-probability", label=10), "10; allowed: 0, 1, 2"),
    ("gaussian-decay", own("nowhere"), f"cannot import {__name__}:nowhere"),
    (
        "gaussian-decay",
        reward(kind="import", path="no_such_module:f"),
        "cannot import no_such_module:f",
    ),
    ("gaussian-decay", own("wrong_shape"), "wrong_shape"),
    ("gaussian-decay", own("not_finite"), "returned nan for sample 2"),
    (
        "gaussian-decay",
        own("broken"),
        "broken failed on samples (5, 1): RuntimeError: no such luck",
    ),
    ("gaussian-decay", own("numpy_only"), "host"),
]


@pytest.mark.parametrize(("name", "changes", "message"), MISFITS)
def test_what_does_not_fit_is_named(name, changes, message):
    with pytest.raises(UserError) as caught:
        prepare(spec_of(name, **(ONE_VOTER if name == "digits" else {}), **changes))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (
            np.ones((5, 2)),
            r"expected one number per sample, shape \(5,\), got \(5, 2\)",
        ),
        (np.ones(4), r"got \(4,\)"),
        (np.float32(1), r"got \(\)"),
        (np.array([0, 0, np.inf, 0, np.nan]), "returned inf for sample 2"),
    ],
)
def test_scores_that_are_no_scores_are_refused(scores, message):
    with pytest.raises(UserError, match=f"reward r: .*{message}"):
        check_scores("r", np.asarray(scores), 5)


def test_a_traceable_reward_is_called_as_it_is():
    prepared = prepared_of("gaussian-decay", **own("traceable"), **VECTORS)
    x = np.asarray(prepared.atoms.view.x)
    np.testing.assert_allclose(prepared.atoms.view.rewards[0], x[:, 0] ** 2, rtol=1e-6)


def test_a_numpy_reward_is_called_on_the_host():
    """Compiled, mapped over seeds and spread over devices."""
    result = run(
        spec_of(
            "gaussian-decay",
            **own("numpy_only", host=True),
            **VECTORS,
            metrics__names=["rewards", "spread"],
        )
    )
    assert np.isfinite(result.history["reward/r/mean"].values).all()


@pytest.mark.slow
def test_large_samples_reach_the_host_from_several_devices():
    """They did not, forever, when two devices called back at the same time."""
    script = (
        "from test_preparation import *\n"
        "jax.config.update('jax_num_cpu_devices', 2)\n"
        "run(spec_of('gaussian-decay', **own('many_numbers', host=True), **LARGE))\n"
    )
    paths = [*sys.path, str(Path(__file__).parent), str(Path(__file__).parents[1])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    done = subprocess.run([sys.executable, "-c", script], env=environment, timeout=100)
    assert done.returncode == 0


def test_a_slow_reward_on_the_host_is_announced():
    lines = []
    spec = spec_of("gaussian-decay", **own("numpy_only", host=True), **VECTORS)
    prepare(spec, lines.append)
    slow = f"{__name__}:numpy_only runs on the host in every round: this is slow"
    assert lines.count(slow) == 1


def test_a_host_reward_is_mapped_over_seeds():
    """An accelerator takes all runs at once: the callback sees one after the other."""
    prepared = prepared_of("gaussian-decay", **own("numpy_only", host=True), **VECTORS)
    reward = next(iter(prepared.arms.values())).rewards[0]
    x = jax.random.normal(jax.random.key(0), (3, 7, 1))
    found = jax.jit(jax.vmap(lambda reward, x: reward(x), (None, 0)))(reward, x)
    np.testing.assert_array_equal(found, np.sort(np.asarray(x), axis=1)[..., 0])


@pytest.mark.parametrize(
    "change",
    [
        {"headline": {"metric": "share/head"}},
        {"claim": [{"kind": "falls", "arms": ["coin"], "metric": "share/head"}]},
    ],
)
def test_a_metric_that_nobody_measures_is_named(change):
    with pytest.raises(UserError, match="'share/head'; did you mean 'share/heads'"):
        run(spec_of("coin-drift", **change))


def test_atoms_of_listed_outcomes_are_exact():
    atoms = prepared_of("compromise").atoms
    assert atoms.exact
    np.testing.assert_array_equal(atoms.view.x, [0, 1, 2])
    np.testing.assert_allclose(atoms.probs, [0.45, 0.1, 0.45], rtol=1e-6)
    np.testing.assert_allclose(atoms.real_probs, [0.45, 0.1, 0.45], rtol=1e-6)


def test_atoms_of_other_models_are_samples_then_real_data():
    prepared = prepared_of("gaussian-decay", **VECTORS)
    atoms, real = prepared.atoms, next(iter(prepared.arms.values())).real[0]
    n = len(real)
    assert not atoms.exact
    assert atoms.view.x.shape == (30 + n, 1)
    np.testing.assert_array_equal(atoms.view.x[30:], real)
    np.testing.assert_allclose(atoms.probs, [1 / 30] * 30 + [0] * n)
    np.testing.assert_allclose(atoms.real_probs, [0] * 30 + [1 / n] * n)


def test_preparing_twice_gives_the_same_arms():
    spec = spec_of("gaussian-decay", **VECTORS)
    assert_identical(prepare(spec).arms, prepare(spec).arms)


def test_another_seed_is_another_split_and_fit():
    first, second = (
        prepared_of("gaussian-decay", **VECTORS, run__seed=s).arms["gaussian"]
        for s in (0, 1)
    )
    assert float(first.params.mean[0]) != float(second.params.mean[0])


def test_every_slow_part_is_announced():
    lines = []
    prepare(spec_of("gaussian-decay", **VECTORS), lines.append)
    assert lines == ["fitting p_0 to the real data", "drawing and scoring the atoms"]


def test_fresh_real_samples_come_from_the_law_of_the_data():
    regime = {"kind": "fresh-real", "n_fresh": 5}
    prepared = prepared_of("gaussian-decay", **VECTORS, regime=regime)
    scenario = next(iter(prepared.arms.values()))
    fresh = scenario.regime.source.draw(jax.random.key(0), 5)
    assert not np.isin(np.asarray(fresh), np.asarray(scenario.real[0])).any()
