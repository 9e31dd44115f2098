"""Bounds on the utility, a Gaussian under selection, stability; what laws assume."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrain_sim.theory import (
    gaussian_selection,
    laws,
    moment_contraction,
    population_round,
    population_trajectory,
    real_data_utility_bound,
    retraining_error_bound,
    retraining_stability,
    utility_growth_bound,
)

SLATES = st.sampled_from([1, 2, 3, 8, 64, math.inf])


@st.composite
def landscapes(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, 12))
    return rng.dirichlet(np.ones(n)), rng.normal(scale=3, size=n)


def utility(rewards):
    return np.exp(rewards - rewards.max())


@settings(deadline=None, max_examples=60)
@given(landscapes(), SLATES)
def test_the_mean_utility_grows_at_least_by_the_bound(landscape, slate_size):
    probs, rewards = landscape
    after = population_round(probs, rewards[None], [1.0], slate_size)
    bound = utility_growth_bound(probs, rewards, slate_size)
    assert after @ utility(rewards) >= bound - 1e-12
    assert bound >= probs @ utility(rewards) - 1e-12


@settings(deadline=None, max_examples=40)
@given(landscapes(), SLATES, st.floats(0.0, 1.0))
def test_beside_real_data_the_utility_stays_above_its_bound(landscape, slate_size, s):
    probs, rewards = landscape
    real = {"real_probs": probs, "real_share": s}
    path = population_trajectory(probs, rewards[None], [1.0], slate_size, 12, **real)
    bound = real_data_utility_bound(probs, rewards, slate_size, s)
    assert (path[1:] @ utility(rewards) >= bound - 1e-12).all()


def test_a_bound_that_forgets_the_slate_size_is_broken():
    """The factor (K - 1) / K is needed: with two candidates less is gained."""
    probs, rewards = np.array([0.5, 0.5]), np.array([50.0, 0.0])
    after = population_round(probs, rewards[None], [1.0], 2)
    bound = utility_growth_bound(probs, rewards, math.inf)
    assert after @ utility(rewards) == pytest.approx(0.75)
    assert utility_growth_bound(probs, rewards, 2) < 0.75 == pytest.approx(bound)
    tight = utility_growth_bound([0.2, 0.8], [0.05, 0.0], math.inf)
    gained = population_round([0.2, 0.8], [[0.05, 0.0]], [1.0], 2)
    assert gained @ utility(np.array([0.05, 0.0])) < tight


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_a_gaussian_under_selection_follows_the_map_on_a_grid(temperature):
    x = np.linspace(-12, 12, 4001)
    density = np.exp(-((x + 1) ** 2) / (2 * 1.5))
    path = population_trajectory(
        density / density.sum(),
        -((x - 2) ** 2)[None],
        [1.0],
        math.inf,
        6,
        temperature=temperature,
    )
    means, variances = gaussian_selection(-1.0, 1.5, 2.0, 6, temperature)
    found = path @ x
    np.testing.assert_allclose(found, means, atol=1e-9)
    np.testing.assert_allclose(path @ x**2 - found**2, variances, atol=1e-9)


@pytest.mark.parametrize(
    ("ratio", "slope", "stable"),
    [(0.4, 0.0, True), (0.5, 0.0, False), (0.4, 1.0, False), (2.0, 0.0, False)],
)
def test_retraining_is_stable_below_one_half(ratio, slope, stable):
    found = retraining_stability(ratio, smoothness=slope, distance=0.5)
    assert found.stable == stable
    assert (found.rate < 1) == stable


def test_moments_contract_by_the_share_of_own_data():
    """Gaussian mean and variance: m' = s m_real + (1 - s) m, for any lambda."""
    for ratio in (0.25, 1.0, 4.0):
        assert moment_contraction(ratio) == pytest.approx(1 - 1 / (1 + ratio))


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_errors_of_refits_add_up_as_bounded(share):
    """Laws on ten atoms, each refit off by delta in total variation; one is tight."""
    rng = np.random.default_rng(0)
    real, delta = np.full(10, 0.1), 0.02
    bound = retraining_error_bound(delta, share, 12)

    def course(push):
        law, found = real + push(), []
        for _ in range(13):
            found.append(np.abs(law - real).sum() / 2)
            law = share * real + (1 - share) * law + push()
        return np.array(found)

    def anyhow():
        push = rng.normal(size=10)
        push -= push.mean()
        return 2 * delta * push / np.abs(push).sum()

    always = np.repeat([delta / 5, -delta / 5], 5)
    np.testing.assert_allclose(course(lambda: always), bound, rtol=1e-12)
    assert (course(anyhow)[2:] < 0.99 * bound[2:]).all() or share == 1
    if share > 0:
        assert bound[-1] <= delta / share


@pytest.mark.parametrize("name", [n for n in laws.__all__ if n.islower()])
def test_every_law_says_what_it_assumes(name):
    assumes = getattr(laws, name).assumes
    assert assumes
    assert all(isinstance(text, str) and text for text in assumes)


@pytest.mark.parametrize(
    "call",
    [
        lambda: utility_growth_bound([0.5, 0.6], [0, 1], 2),
        lambda: utility_growth_bound([0.5, 0.5], [0, 1], 0),
        lambda: real_data_utility_bound([0.5, 0.5], [0, 1], 2, 1.5),
        lambda: gaussian_selection(0.0, 0.0, 1.0, 3),
        lambda: retraining_stability(-1.0),
        lambda: moment_contraction(math.nan),
        lambda: retraining_error_bound(0.1, 1.5, 3),
        lambda: retraining_error_bound(-0.1, 0.5, 3),
    ],
)
def test_values_out_of_range_are_refused(call):
    with pytest.raises(ValueError, match="allowed"):
        call()
