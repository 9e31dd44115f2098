"""The language model: its memory, its law, its padding, and what it learns."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from retrain_sim.data import Markov
from retrain_sim.models import LanguageModel


def f32(value):
    """Make a leaf as the registry does."""
    return np.asarray(value, np.float32)


def tiny(**settings):
    sizes = {"layers": 2, "heads": 2, "width": 8, "size": 2, "length": 3, "ends": True}
    return LanguageModel(**{"batch": 8, "initial_steps": 2} | sizes | settings)


def random_params(model):
    """Draw parameters with a lively law: those of a start are nearly uniform."""
    read = jnp.zeros((1, model.length), jnp.int32)
    start = jax.jit(model.network.init)(jax.random.key(2), read)
    return jax.tree.map(lambda leaf: 8 * leaf if leaf.ndim > 1 else leaf, start)


def outcomes():
    """List all sequences of at most three of two letters."""
    found = []
    for n in range(4):
        pad = (-1,) * (3 - n)
        found += [(*x, *pad) for x in itertools.product((0, 1), repeat=n)]
    return jnp.asarray(found, jnp.int32)


def test_the_memory_gives_the_logits_of_a_whole_reading():
    model = tiny(size=5, length=6)
    params = random_params(model)
    x = jnp.asarray(np.random.default_rng(0).integers(5, size=(4, 6)), jnp.int32)
    expected = model.logits(params, x)
    read = jnp.concatenate([jnp.full((4, 1), 6), x[:, :-1]], axis=1)
    step = jax.jit(model.network.apply)
    memory, found = model.network.empty(4), []
    for at in range(6):
        logits, memory = step(params, read[:, at : at + 1], memory, at)
        found.append(logits[:, 0])
    assert float(jnp.ptp(expected)) > 1
    np.testing.assert_allclose(jnp.stack(found, axis=1), expected, atol=1e-4)


DRAWS = [{}, {"temperature": f32(0.7), "top_p": f32(0.8)}, {"top_k": 2}]


@pytest.mark.parametrize("how", DRAWS)
def test_sequences_are_drawn_with_their_probabilities(how):
    """Chi-square over all 15 outcomes, at the level of four standard errors."""
    model, n = tiny(at_once=3000, **how), 3000
    params, listed = random_params(model), outcomes()
    expected = np.exp(jax.jit(model.log_prob)(params, listed), dtype=np.float64)
    assert expected.sum() == pytest.approx(1, rel=1e-5)
    drawn = jax.jit(lambda key: model.sample(key, params, n))(jax.random.key(1))
    counts = (drawn[:, None] == listed[None]).all(axis=2).sum(axis=0)
    assert int(counts.sum()) == n
    assert not np.asarray(counts)[expected == 0].any()
    few = (expected > 0) & (expected * n < 5)
    pooled = [
        np.append(v[~few & (expected > 0)], v[few].sum())
        for v in (np.asarray(counts), n * expected)
    ]
    kept = pooled[1] > 0
    chi2 = ((pooled[0] - pooled[1])[kept] ** 2 / pooled[1][kept]).sum()
    assert stats.chi2.sf(chi2, kept.sum() - 1) > 2 * stats.norm.sf(4)
    shifted = n * np.roll(expected[expected > 0], 1)
    assert ((counts[expected > 0] - shifted) ** 2 / shifted).sum() > 10 * chi2


def test_without_ends_every_letter_is_drawn():
    model = tiny(ends=False, at_once=4)
    params = random_params(model)
    drawn = jax.jit(lambda key: model.sample(key, params, 10))(jax.random.key(0))
    assert drawn.shape == (10, 3)
    assert int(drawn.min()) >= 0
    full = outcomes()[-8:]
    assert float(jnp.exp(model.log_prob(params, full)).sum()) == pytest.approx(
        1, rel=1e-5
    )


def test_places_after_the_end_are_not_learned():
    """Positions 3 and 4 take no part: sequences end at position 2 at the latest."""
    model = tiny(length=5, weight_decay=f32(0.0), steps=3)
    x = jnp.asarray([[0, 1, -1, -1, -1], [1, -1, -1, -1, -1]], jnp.int32)
    start = random_params(model)
    fit = jax.jit(lambda x: model.fit(jax.random.key(0), start, x, jnp.ones(2)))
    before, after = (p["params"]["place"] for p in (start, fit(x)))
    np.testing.assert_array_equal(before[3:], after[3:])
    assert not np.array_equal(before[:3], after[:3])


def test_averaging_and_bfloat16_and_a_cold_start_train():
    model = tiny(warm=False, average=0.9, precision="bfloat16", initial_steps=3)
    start = random_params(model)
    fit = jax.jit(lambda x: model.fit(jax.random.key(0), start, x, jnp.ones(len(x))))
    after = fit(outcomes())
    leaves = jax.tree.leaves(after)
    assert all(leaf.dtype == jnp.float32 for leaf in leaves)
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in leaves)
    # Cold: nothing of the lively start is left.
    assert float(jnp.abs(after["params"]["token"]).max()) < 0.2


def test_settings_out_of_range_are_named():
    wrong = LanguageModel(width=30, top_p=0.0, average=1.0, precision="half", batch=0)
    assert {field for field, _ in wrong.check()} == {
        "width",
        "top_p",
        "average",
        "precision",
        "batch",
    }


@pytest.mark.slow
def test_it_learns_a_markov_source():
    """Cross-entropy on fresh sequences within 0.02 nats per letter of the entropy."""
    chain = ((0.9, 0.1, 0.0), (0.1, 0.6, 0.3), (0.5, 0.0, 0.5))
    data = Markov(n=2000, length=16, transitions=chain).load(np.random.default_rng(0))
    model = tiny(
        layers=1,
        width=32,
        size=3,
        length=16,
        ends=False,
        batch=64,
        initial_steps=600,
        initial_rate=f32(5e-3),
    )
    x, weights = jnp.asarray(data.x), jnp.ones(2000)
    params = jax.jit(model.init)(jax.random.key(0), x, weights)
    fresh = data.source.draw(jax.random.key(5), 4000)
    found = -np.asarray(jax.jit(model.log_prob)(params, fresh))
    letters = np.asarray(fresh)
    law = np.log(np.maximum(np.asarray(chain), 1e-30))
    first = np.log(np.asarray(data.source.initial))[letters[:, 0]]
    exact = -first - law[letters[:, :-1], letters[:, 1:]].sum(axis=1)
    gap = (found - exact) / 16
    assert -4 * gap.std() / len(gap) ** 0.5 < gap.mean() < 0.02
