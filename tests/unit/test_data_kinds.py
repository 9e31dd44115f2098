"""What the data kinds draw, against what they say they draw."""

import math

import jax
import numpy as np
import pytest
from support import assert_mean

from retrain_sim import data
from retrain_sim.data.sources import stationary

CHAIN = ((0.1, 0.9, 0.0), (0.5, 0.25, 0.25), (0.0, 1.0, 0.0))


def load(kind, seed=0):
    return kind.load(np.random.default_rng(seed))


def test_a_grid_has_its_modes_a_spacing_apart():
    grid = load(data.Grid(n=2000, spacing=3.0, sd=0.1))
    assert grid.modes.shape == (25, 2)
    assert (grid.names[0], grid.names[-1]) == ("mode-0-0", "mode-4-4")
    np.testing.assert_allclose(grid.modes.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(grid.modes[1] - grid.modes[0], [3, 0])
    np.testing.assert_allclose(grid.modes[5] - grid.modes[0], [0, 3])
    noise = (grid.x - grid.modes[grid.labels]) / 0.1
    assert_mean(noise, 0)
    assert_mean(noise**2, 1)


def test_blobs_lie_around_their_centers():
    blobs = load(data.Blobs(n=3000, blobs=3, dim=4, sd=2.0, box=5.0))
    assert np.abs(blobs.modes).max() <= 5
    noise = (blobs.x - blobs.modes[blobs.labels]) / 2
    assert_mean(noise, 0)
    assert_mean(noise**2, 1)
    np.testing.assert_array_equal(np.bincount(blobs.labels), [1000] * 3)


def test_moons_and_circles_are_where_they_should_be():
    moons = load(data.TwoMoons(n=200, noise=0.0))
    centers = np.array([[0, 0], [1, 0.5]])[moons.labels]
    np.testing.assert_allclose(np.linalg.norm(moons.x - centers, axis=1), 1, rtol=1e-6)
    circles = load(data.Circles(n=200, noise=0.0, factor=0.3))
    radii = np.array([1, 0.3])[circles.labels]
    np.testing.assert_allclose(np.linalg.norm(circles.x, axis=1), radii, rtol=1e-6)


def test_a_swiss_roll_is_rolled_up_in_two_of_three_dimensions():
    x = load(data.SwissRoll(n=200, noise=0.0)).x
    turn = np.linalg.norm(x[:, [0, 2]], axis=1)
    np.testing.assert_allclose(x[:, 0], turn * np.cos(turn), rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "kind", [data.TwoMoons(n=50), data.Circles(n=50), data.SwissRoll(n=50)]
)
def test_noise_depends_on_the_seed(kind):
    assert not np.array_equal(load(kind, 0).x, load(kind, 1).x)


SAMPLED = [
    data.Gaussian(dim=2, n=4000, mean=1.0, sd=2.0),
    data.EightGaussians(n=4000),
    data.Grid(n=4000),
    data.Blobs(n=4000, dim=3),
    data.Regression(dim=2, n=4000),
    data.TwoMoons(n=4000),
]


@pytest.mark.parametrize("kind", SAMPLED)
def test_a_source_has_the_moments_of_the_data(kind):
    """Two samples of one law: their difference of moments is within its error."""
    found = load(kind)
    drawn = np.asarray(found.source.draw(jax.random.key(1), 4000), np.float64)
    for power in (1, 2):
        both = [found.x.astype(np.float64) ** power, drawn**power]
        error = np.sqrt(sum(x.var(axis=0) / len(x) for x in both))
        assert (np.abs(both[0].mean(0) - both[1].mean(0)) <= 4 * error).all()


@pytest.mark.parametrize("kind", [data.EightGaussians(n=10), data.TwoMoons(n=60)])
def test_a_density_has_mass_one_and_the_moments_of_its_draws(kind):
    source = load(kind).source
    axis = np.linspace(-5, 5, 251)
    x = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = source.density(x) * (axis[1] - axis[0]) ** 2
    assert mass.sum() == pytest.approx(1, abs=1e-3)
    drawn = np.asarray(source.draw(jax.random.key(1), 4000), np.float64)
    for power in (1, 2):
        error = (drawn**power).std(axis=0) / len(drawn) ** 0.5
        assert (
            np.abs((drawn**power).mean(axis=0) - mass @ x**power) <= 4 * error
        ).all()


def test_an_alphabet_source_draws_its_letters():
    source = load(data.Alphabet(probs=(0.2, 0.0, 0.8))).source
    drawn = np.asarray(source.draw(jax.random.key(0), 4000))
    assert set(drawn) == {0, 2}
    assert_mean((drawn == 0)[:, None], 0.2)


def test_labels_of_a_regression_are_linear_in_the_inputs():
    found = load(data.Regression(n=30, noise=0.0, coefficients=(1.0, -2.0, 0.5)))
    expected = found.x[:, :3] @ np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(found.x[:, 3], expected, rtol=0, atol=1e-5)
    noisy = load(data.Regression(dim=4, n=4000, noise=0.7))
    residual = noisy.x[:, 4] - noisy.x[:, :4] @ noisy.source.coefficients
    assert_mean(residual[:, None] ** 2, 0.49)


def test_a_markov_chain_moves_as_its_transitions_say():
    found = load(data.Markov(n=2000, length=6, transitions=CHAIN))
    law = stationary(np.array(CHAIN))
    np.testing.assert_allclose(law @ CHAIN, law, rtol=1e-12)
    for position in (0, 5):
        letters = np.eye(3)[found.x[:, position]]
        assert_mean(letters, law)
    for i in range(3):
        after = found.x[found.x[:, 2] == i, 3]
        shares = np.eye(3)[after]
        allowed = np.array(CHAIN[i]) > 0
        assert shares[:, ~allowed].sum() == 0
        if allowed.sum() > 1:
            assert_mean(shares[:, allowed], np.array(CHAIN[i])[allowed])


def test_the_entropy_rate_of_known_chains():
    fair = load(data.Markov(n=2, transitions=((0.5, 0.5), (0.5, 0.5)))).source
    assert fair.entropy_rate() == pytest.approx(math.log(2))
    cycle = load(data.Markov(n=2, transitions=((0.0, 1.0), (1.0, 0.0)))).source
    assert cycle.entropy_rate() == 0
    golden = load(data.Markov(n=2, transitions=((0.5, 0.5), (1.0, 0.0)))).source
    assert golden.entropy_rate() == pytest.approx(2 / 3 * math.log(2))


def test_a_random_chain_is_as_random_as_asked():
    rates = [
        load(data.Markov(n=2, size=8, concentration=c)).source.entropy_rate()
        for c in (0.05, 1.0, 100.0)
    ]
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(math.log(8), abs=0.02)
