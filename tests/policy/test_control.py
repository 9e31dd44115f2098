"""Controllers: traces of knobs against the published rules."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import ROUNDING

from retrain_sim.control import Additive, Factor, Fixed, Halving, Integral
from retrain_sim.control.targets import Held, Ramped, Stepped

TARGET = Held(2.0, relative=False)


def trace(controller, entropies, value):
    """Return how the knob is set after each entropy."""
    control = controller.init(jnp.float32(value), jnp.float32(3.0))
    update = jax.jit(controller.update)
    values = []
    for entropy in entropies:
        control = update(control, jnp.float32(entropy))
        values.append(float(control.value))
    return np.array(values)


def published(zeta, entropy, target, least, most):
    """Follow REPO's rule as it is written, case by case."""
    if entropy < target:
        if zeta >= 0:
            return min(most, max(least, 2 * zeta))
        return zeta / 2 if -zeta / 2 >= least else least
    if zeta < 0:
        return max(-most, 2 * zeta)
    return zeta / 2 if zeta / 2 >= least else -least


@pytest.mark.parametrize("seed", range(3))
def test_halving_and_doubling_follow_the_published_rule(seed):
    rng = np.random.default_rng(seed)
    spells = rng.integers(1, 12, size=30)
    entropies = np.repeat(np.where(np.arange(30) % 2, 3.0, 1.0), spells)
    found = trace(Halving(TARGET), entropies, 1e-3)
    zeta, expected = 1e-3, []
    for entropy in entropies:
        zeta = published(zeta, entropy, 2.0, 1e-4, 0.05)
        expected.append(zeta)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert found.min() < 0 < found.max()


def test_one_sided_halving_never_spends_entropy():
    found = trace(Halving(TARGET, two_sided=False), [3.0] * 20 + [1.0] * 3, 1e-3)
    assert (found > 0).all()
    np.testing.assert_allclose(found[19:], [1e-4, 2e-4, 4e-4, 8e-4], rtol=1e-4)


def test_a_factor_moves_both_ways_and_stays_in_its_range():
    entropies = [1.0] * 3 + [3.0] * 40
    found = trace(Factor(TARGET), entropies, 0.28)
    np.testing.assert_allclose(found[2], 0.28 * 1.1**3, rtol=1e-5)
    np.testing.assert_allclose(found[-1], 0.02, rtol=ROUNDING)
    inverse = trace(Factor(TARGET, raises=False), entropies[:3], 0.28)
    np.testing.assert_allclose(inverse[2], 0.28 / 1.1**3, rtol=1e-5)


def test_an_adaptive_bonus_is_used_below_its_target_only():
    found = trace(Additive(TARGET, step=0.25), [1.0, 1.0, 3.0, 1.0], 0.0)
    assert found.tolist() == [0.25, 0.5, 0.0, 0.5]


def test_integration_stops_at_the_target():
    found = trace(Integral(TARGET, gain=0.5), [1.0, 2.0, 2.5, 9.0], 0.0)
    assert found.tolist() == [0.5, 0.5, 0.25, -1.0]


def test_a_fixed_knob_stays():
    assert trace(Fixed(), [1.0, 9.0], 0.3).tolist() == pytest.approx([0.3, 0.3])


def test_targets_by_round():
    start = jnp.float32(4.0)

    def levels(target):
        return [float(target(jnp.int32(t), start)) for t in (0, 1, 2, 9)]

    assert levels(Held(0.5)) == [2.0] * 4
    assert levels(Held(0.5, relative=False)) == [0.5] * 4
    assert levels(Stepped(1.0, 0.25, at=2)) == [4.0, 4.0, 1.0, 1.0]
    assert levels(Ramped(1.0, 0.5, rounds=2)) == [4.0, 3.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (Halving(least=0.0), "least"),
        (Halving(least=0.1, most=0.05), "most"),
        (Factor(factor=0.9), "factor"),
        (Additive(step=-1.0), "step"),
        (Integral(gain=float("nan")), "gain"),
        (Held(-1.0), "level"),
        (Ramped(rounds=0), "rounds"),
        (Stepped(at=-1), "at"),
    ],
)
def test_what_is_out_of_range_is_named(made, field):
    assert field in dict(made.check())
    assert field in [f.name for f in dataclasses.fields(made)]
