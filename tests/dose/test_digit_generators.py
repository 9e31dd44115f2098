"""Digits from generators: their laws, their doses, and loops of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_mean

from experiments.dose_curve.generators import AUTOENCODER, ClassGaussians, Network
from experiments.dose_curve.images import L2, pooled_errors
from experiments.primer import digit_loop, prices
from experiments.primer.digits import Images, load, split
from retrain_sim.dose.learners import ridge_classifier


@pytest.fixture(scope="module")
def images():
    return load()


def test_a_gaussian_of_a_class_has_its_moments(key, images):
    """Of 40 images of threes and fours, drawn 4000 times."""
    few = images.at(jnp.flatnonzero((images.y == 3) | (images.y == 4))[:40])
    made = jax.jit(digit_loop.generate, static_argnums=2)(key, few, 4000)
    for digit in (3, 4):
        drawn, real = (np.asarray(z.x)[np.asarray(z.y) == digit] for z in (made, few))
        varied = real.std(axis=0) > 0.1
        assert_mean(drawn[:, varied], real.mean(axis=0)[varied])
        along = (drawn - real.mean(axis=0)).sum(axis=1)
        assert_mean((along**2)[:, None], np.var(real.sum(axis=1)))
    share = float((few.y == 3).mean())
    assert_mean((np.asarray(made.y) == 3).astype(float)[:, None], share)


def test_fewer_principal_components_are_less_varied(key, images):
    spread = [
        float(jnp.var(ClassGaussians(200, rank)(key, images, 300).x, axis=0).sum())
        for rank in (0, 5)
    ]
    assert spread[0] < 0.8 * spread[1]


def test_a_network_draws_labelled_images(key, images):
    short = AUTOENCODER.replace(initial_steps=2, hidden=(8,), latent=2)
    made = jax.jit(lambda key: Network(50, short)(key, images, 30))(key)
    assert made.x.shape == (30, 64)
    assert float(jnp.abs(made.x).max()) <= 1.0
    assert set(np.asarray(made.y)) <= set(range(10))


def test_errors_are_those_of_the_first_images_of_both(key, images):
    real, rest = split(key, 30)
    made, test = rest.at(slice(60)), rest.at(slice(60, 300))
    found = pooled_errors(real, made, test, jnp.array([[30, 0], [20, 60]]))
    for error, (n, m) in zip(found, ((30, 0), (20, 60)), strict=True):
        x = jnp.concatenate([real.x[:n], made.x[:m]])
        y = jnp.concatenate([real.y[:n], made.y[:m]])
        learner = ridge_classifier(x, y, jnp.ones(n + m), L2, 10)
        wrong = (learner.classify(test.x) != test.y).mean()
        assert float(error) == pytest.approx(float(wrong), abs=0.006)  # one image


def test_prices_are_differences_of_errors():
    table = prices.sizes(100, (0.0, 2.0), 50)
    assert table.tolist() == [[100, 0], [150, 0], [100, 50],
                              [100, 200], [150, 200], [100, 250]]  # fmt: skip
    found = prices.saved(np.array([0.5, 0.4, 0.45, 0.3, 0.2, 0.35]))
    np.testing.assert_allclose(found["off by real"], [0.1, 0.1])
    np.testing.assert_allclose(found["off by synthetic"], [0.05, -0.05])


def labelled(label):
    n = digit_loop.N
    return Images(jnp.full((n, 64), float(label)), jnp.full(n, label, jnp.int32))


def test_policies_mix_in_their_shares():
    policy = digit_loop.Policy(real=0.25, anchor=0.1)
    mixed = digit_loop.mixed(policy, *map(labelled, (0, 1, 2)))
    shares = np.bincount(np.asarray(mixed.y), minlength=3) / digit_loop.N
    np.testing.assert_allclose(shares, [0.65, 0.25, 0.1], atol=1e-9)
    np.testing.assert_array_equal(mixed.x[:, 0], mixed.y)


def test_verifiers_trust_what_they_recognize_and_know(key, images):
    known = (images.y < digit_loop.COMMON).astype(jnp.float32)
    verifier = ridge_classifier(images.x, images.y, known, L2, 10)
    lied = images._replace(y=(images.y + 1) % 10)
    trust = [digit_loop.trusted(verifier, z, jnp.float32(1)) for z in (images, lied)]
    assert float(trust[0][known > 0].mean()) > 0.9
    assert float(trust[0][known == 0].max()) == 0
    assert float(trust[1].mean()) < 0.05
    assert float(digit_loop.trusted(verifier, lied, jnp.float32(0)).min()) == 1


def test_missing_digits_stay_missing_without_an_anchor(key, monkeypatch):
    monkeypatch.setattr(digit_loop, "ROUNDS", 3)
    policies = {"own": digit_loop.Policy(), "anchored": digit_loop.Policy(anchor=0.3)}
    found = jax.jit(lambda key: digit_loop.loops(key, policies, 2))(key)
    assert float(found["digits/missing/own"].max()) == 0
    assert float(found["digits/missing/anchored"][-1]) > 0.3
    assert float(found["digits/all/own"][0]) > 0.5
