"""Every score rule with every draw, given p_t, against the exact one-round law."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_mean, slow

from retrain_sim.base import View
from retrain_sim.curation import Chain, KChoice, Rule, Uncurated, draws, scores

PROBS = np.array([0.35, 0.3, 0.2, 0.1, 0.05])
REWARDS = np.array([[0.1, 1.0, 3.0, 0.0, 2.0], [2.0, 0.0, 0.5, 4.0, 1.0]])
ATOMS = View(
    jnp.arange(5), jnp.ones(5), jnp.asarray(REWARDS, jnp.float32), jnp.arange(5)
)


def f32(value):
    return np.asarray(value, np.float32)


VOTER = scores.RandomVoter(f32([0.7, 0.3]))
SCORES = {
    "adversarial-voters": scores.AdversarialVoters(VOTER, f32(0.2)),
    "careless-voters": scores.CarelessVoters(VOTER, f32(0.3)),
    "max-min": scores.MaxMin(),
    "nash-product": scores.NashProduct(f32([0.7, 0.3]), f32([-1.0, -1.0])),
    "novelty": scores.Novelty(VOTER, f32(0.4)),
    "power-novelty": scores.PowerNovelty(VOTER, f32(0.4)),
    "random-voter": VOTER,
    "weighted-sum": scores.WeightedSum(f32([0.7, -0.4])),
}
EXACT = {
    "best-of": draws.BestOf(3),
    "disjoint-slates": draws.DisjointSlates(3, f32(0.8)),
    "slates": draws.Slates(3, f32(0.8)),
}
"""Draws whose law holds on any pool."""

LARGE_POOL = {
    "rejection": draws.Rejection(),
    "softmax": draws.Softmax(f32(0.8)),
    "softmax-distinct": draws.SoftmaxDistinct(f32(0.8)),
    "top-fraction": draws.TopFraction(f32(0.4)),
}
"""Draws whose law has a bias of order 1/n on a pool of n."""


@jax.jit
def shares_once(curator, key):
    """Draw a pool, curate it once: the share of every letter."""
    key_pool, key_curate = jax.random.split(key)
    n = curator.n_candidates
    x = jax.random.choice(key_pool, 5, (n,), p=jnp.asarray(PROBS))
    view = View(x, jnp.ones(n), ATOMS.rewards[:, x], x)
    index = curator.select(key_curate, view, jnp.log(jnp.asarray(PROBS))[x]).index
    return jnp.bincount(x[index], length=5) / len(index)


@jax.jit
def shares_often(curator, keys):
    return jax.lax.map(lambda key: shares_once(curator, key), keys, batch_size=50)


def kept_shares(curator, n_calls):
    keys = jax.random.split(jax.random.key(0), n_calls)
    return np.asarray(shares_often(curator, keys))


def assert_shares(samples, expected):
    """Compare with a law; what it gives no chance must never have been kept."""
    possible = expected > 0
    assert (samples[:, ~possible] == 0).all()
    assert_mean(samples[:, possible], expected[possible])


def law(curator):
    return PROBS * curator.multiplier(ATOMS, PROBS)


def crossed(plain_score, plain_draw, made_scores, made_draws):
    """Cross all scores with all draws; quickly, each with a plain partner alone."""
    return [
        pytest.param(score, draw)
        if score == plain_score or draw == plain_draw
        else slow(score, draw)
        for score, draw in itertools.product(made_scores, made_draws)
    ]


@pytest.mark.parametrize(
    ("score", "draw"), crossed("random-voter", "slates", SCORES, EXACT)
)
def test_a_small_pool_follows_the_exact_law(score, draw):
    curator = Rule(SCORES[score], EXACT[draw], n_candidates=36, n_kept=12)
    expected = law(curator)
    assert expected.sum() == pytest.approx(1, rel=1e-9)
    assert_mean(kept_shares(curator, 4000), expected)


@pytest.mark.parametrize(
    ("score", "draw"),
    crossed(
        "random-voter", "rejection", ["random-voter", "careless-voters"], LARGE_POOL
    ),
)
def test_a_large_pool_follows_the_law(score, draw):
    """The bias is below n_errors standard errors: 1/n against 1/sqrt(n calls)."""
    curator = Rule(SCORES[score], LARGE_POOL[draw], n_candidates=2000, n_kept=400)
    expected = law(curator)
    assert expected.sum() == pytest.approx(1, rel=1e-9)
    assert_shares(kept_shares(curator, 100), expected)


@pytest.mark.parametrize("draw", ["softmax", slow("softmax-distinct")])
def test_a_draw_of_odds_follows_every_score_rule(draw):
    for rule in SCORES.values():
        curator = Rule(rule, LARGE_POOL[draw], n_candidates=2000, n_kept=400)
        assert_shares(kept_shares(curator, 40), law(curator))


def test_a_law_that_is_off_by_a_little_is_noticed():
    """The checks above can fail: another temperature is another law."""
    curator = Rule(VOTER, draws.Slates(3, f32(0.8)), 36, 12)
    other = Rule(VOTER, draws.Slates(3, f32(1.1)), 36, 12)
    with pytest.raises(AssertionError):
        assert_mean(kept_shares(curator, 4000), law(other))


def test_two_stages_follow_two_laws_one_after_the_other():
    owner = KChoice(f32([1, 0]), 3, f32(1.0), 4000, 2000)
    public = KChoice(f32([0, 1]), 2, f32(1.0), 2000, 1000)
    expected = law(Chain(owner, public))
    assert expected.sum() == pytest.approx(1, rel=1e-9)
    assert_mean(kept_shares(Chain(owner, public), 100), expected)


def test_k_choice_is_the_rule_that_it_stands_for():
    short = KChoice(VOTER.voter_weights, 3, f32(0.8), 36, 12)
    long = Rule(VOTER, draws.Slates(3, f32(0.8)), 36, 12)
    keys = jax.random.split(jax.random.key(1), 20)
    assert (shares_often(short, keys) == shares_often(long, keys)).all()


def test_best_of_k_is_the_choice_at_temperature_zero():
    sharp = Rule(VOTER, draws.Slates(4, f32(1e-4)), 36, 12)
    best = Rule(VOTER, draws.BestOf(4), 36, 12)
    np.testing.assert_allclose(law(best), law(sharp), atol=1e-9)


def test_a_rejection_is_an_infinite_slate_of_the_logarithm():
    positive = ATOMS._replace(rewards=ATOMS.rewards + 0.5)
    accept = Rule(VOTER, draws.Rejection(), 36, 12).multiplier(positive, PROBS)
    logs = positive._replace(rewards=jnp.log(positive.rewards))
    slates = Rule(VOTER, draws.Softmax(f32(1.0)), 36, 12).multiplier(logs, PROBS)
    np.testing.assert_allclose(accept, slates, rtol=1e-5)


def test_without_replacement_all_kept_is_no_curation_and_few_kept_is_softmax():
    everything = Rule(VOTER, draws.SoftmaxDistinct(f32(0.8)), 100, 100)
    np.testing.assert_allclose(law(everything), PROBS, rtol=1e-12)
    few = Rule(VOTER, draws.SoftmaxDistinct(f32(0.8)), 100_000, 1)
    softmax = Rule(VOTER, draws.Softmax(f32(0.8)), 100_000, 1)
    np.testing.assert_allclose(law(few), law(softmax), atol=1e-4)


def test_the_top_fraction_of_a_pool_is_simply_its_best():
    curator = Rule(scores.MaxMin(), draws.TopFraction(f32(0.25)), 40, 10)
    rewards = jax.random.normal(jax.random.key(3), (2, 40))
    view = View(jnp.arange(40), jnp.ones(40), rewards, jnp.arange(40))
    kept = curator.select(jax.random.key(4), view, None).index
    best = np.argsort(-np.asarray(rewards).min(axis=0))[:10]
    assert set(np.asarray(kept)) == set(best)


@pytest.mark.parametrize(
    "draw", ["disjoint-slates", "softmax-distinct", "top-fraction"]
)
def test_these_draws_keep_nothing_twice(draw):
    rule = scores.MaxMin() if draw == "top-fraction" else VOTER
    curator = Rule(rule, (EXACT | LARGE_POOL)[draw], 36, 12)
    view = View(
        jnp.arange(36),
        jnp.ones(36),
        jax.random.normal(jax.random.key(5), (2, 36)),
        jnp.arange(36),
    )
    kept = np.asarray(curator.select(jax.random.key(6), view, None).index)
    assert len(set(kept)) == 12


def test_nothing_to_keep_is_said():
    curator = Rule(VOTER, draws.Rejection(), 6, 3)
    view = View(jnp.arange(6), jnp.ones(6), jnp.zeros((2, 6)), jnp.arange(6))
    assert (curator.select(jax.random.key(0), view, None).index == -1).all()


def test_no_curation_multiplies_by_one():
    assert (law(Uncurated(12, 36)) == PROBS).all()


@pytest.mark.parametrize("zeta", [0.0, 0.5, 1.0])
def test_power_novelty_at_an_infinite_slate_flattens_the_law(zeta):
    """Equal rewards: p W is proportional to p^(1 - zeta); at zeta = 1 it is uniform."""
    equal = ATOMS._replace(rewards=jnp.zeros((2, 5)))
    rule = Rule(scores.PowerNovelty(VOTER, f32(zeta)), draws.Softmax(f32(1.0)), 36, 12)
    found = PROBS * rule.multiplier(equal, PROBS)
    np.testing.assert_allclose(found, PROBS ** (1 - zeta) / (PROBS ** (1 - zeta)).sum())
