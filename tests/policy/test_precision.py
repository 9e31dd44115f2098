"""Rounding is that of the formats, stage by stage; errors in ratios are as declared."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_mean

from retrain_sim.policy.precision import Precision, matmul, rounded
from retrain_sim.policy.ratio_errors import BiasedRatio, NoisyRatio, bit_noise
from retrain_sim.policy.theory import float_spacing

SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, 3.4e38, 1.00390625, 1.01171875]


@pytest.fixture
def numbers():
    rng = np.random.default_rng(0)
    spread = rng.normal(size=100_000) * 10.0 ** rng.integers(-30, 30, 100_000)
    return np.concatenate([spread, SPECIAL]).astype(np.float32)


def test_emulated_bfloat16_is_native_bfloat16(numbers):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    with np.errstate(over="ignore"):
        native = numbers.astype(ml_dtypes.bfloat16).astype(np.float32)
    found = np.asarray(rounded(jnp.asarray(numbers), "bfloat16"))
    np.testing.assert_array_equal(found, native)
    cast = jnp.asarray(numbers).astype(jnp.bfloat16)
    np.testing.assert_array_equal(found, np.asarray(cast).astype(np.float32))


def test_emulated_float16_is_numpy_float16():
    rng = np.random.default_rng(1)
    numbers = (rng.normal(size=100_000) * 10.0 ** rng.integers(-3, 4, 100_000)).astype(
        np.float32
    )
    native = numbers.astype(np.float16).astype(np.float32)
    found = np.asarray(rounded(jnp.asarray(numbers), "float16"))
    normal = np.abs(numbers) > 2.0**-14
    np.testing.assert_array_equal(found[normal], native[normal])


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_errors_are_at_most_half_a_spacing(precision):
    numbers = np.random.default_rng(2).uniform(-30, -0.1, 10_000).astype(np.float32)
    error = np.asarray(rounded(jnp.asarray(numbers), precision)) - numbers
    half = float_spacing(numbers.astype(float), precision) / 2
    assert (np.abs(error) <= half).all()
    assert (np.abs(error) > 0.9 * half).any()


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_the_gradient_passes_through(precision):
    x = jnp.array([0.3, 7.7])
    grad = jax.jit(jax.grad(lambda x: (rounded(x, precision) * x).sum()))(x)
    np.testing.assert_allclose(grad, rounded(x, precision) + x, rtol=1e-6)


def test_products_round_factors_and_result():
    rng = np.random.default_rng(3)
    a, b = (jnp.asarray(rng.normal(size=s), jnp.float32) for s in [(5, 7), (7, 3)])
    native = (a.astype(jnp.bfloat16).astype(jnp.float32)) @ (
        b.astype(jnp.bfloat16).astype(jnp.float32)
    )
    found = matmul(a, b, "bfloat16")
    np.testing.assert_array_equal(found, native.astype(jnp.bfloat16))
    np.testing.assert_array_equal(matmul(a, b), a @ b)


STAGES = ("logits", "log_probs", "ratio", "sampler")


def ratio(precision, logits, moved):
    new, old = precision.log_softmax(moved), jax.nn.log_softmax(logits)
    return precision.log_ratios(new, precision.old(old))[0]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_rounded_on_its_own(stage):
    logits = jax.random.normal(jax.random.key(0), (4, 8, 16))
    moved = logits + 0.01 * jax.random.normal(jax.random.key(1), logits.shape)
    exact = ratio(Precision(), logits, moved)
    coarse = ratio(Precision(**{stage: "bfloat16"}), logits, moved)
    fine = ratio(Precision(**{stage: "float16"}), logits, moved)
    errors = [float(jnp.abs(x - exact).mean()) for x in (coarse, fine)]
    assert errors[0] > 4 * errors[1] > 0


def test_unknown_formats_are_refused():
    assert dict(Precision(ratio="float61").check()) == {
        "ratio": "did you mean 'float16'? allowed: bfloat16, float16, float32"
    }
    with pytest.raises(ValueError, match="precision is 'bf16'"):
        rounded(jnp.ones(1), "bf16")
    assert list(BiasedRatio(bias=float("nan")).check())
    assert list(NoisyRatio(scale=-1.0).check())


@pytest.mark.parametrize("made", [BiasedRatio(0.1), NoisyRatio(0.1)])
def test_errors_in_the_clip_alone_leave_the_gradient(made):
    new = jnp.array([[[-1.0, -3.0]]])
    both = made.log_ratios(new, new)
    np.testing.assert_array_equal(both[0], both[1])
    used, judged = made.replace(clip_only=True).log_ratios(new, new)
    np.testing.assert_array_equal(used, jnp.zeros_like(new))
    np.testing.assert_array_equal(judged, both[1])
    assert jnp.abs(judged).min() > 0


def test_noise_from_bits_is_normal_and_fresh():
    x = -jax.random.exponential(jax.random.key(0), (200_000,))
    noise = np.asarray(bit_noise(x, x))
    assert_mean(np.stack([noise, noise**2, noise**3, noise**4], -1), [0, 1, 0, 3])
    other = np.asarray(bit_noise(x + 1e-6, x))
    assert_mean(noise * other, 0.0)
    same = np.asarray(bit_noise(jnp.ones(200_000), jnp.ones(200_000)))
    assert_mean(same[1:] * same[:-1], 0.0)
