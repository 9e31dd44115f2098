"""Annotations are checked, shapes included: other tests rely on it in silence."""

import jax
import jax.numpy as jnp
import pytest
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import Array, Float
from typecheck import checked

from retrain_sim.sampling import integers_below

refused = pytest.raises(BeartypeCallHintViolation)


@checked
def dot(a: Float[Array, "n d"], b: Float[Array, " d"]) -> Float[Array, " n"]:
    return a @ b if b.shape == a.shape[1:] else a[:, 0]


@checked
def wrong(a: "Float[Array, ' n']") -> "Float[Array, ' n']":
    return a[:-1]


@checked
def nested(a: Float[Array, " n"]) -> Float[Array, " n"]:
    return dot(jnp.ones((7, 2)), jnp.ones(2))[:3] + a


def test_a_letter_is_one_size_within_a_call():
    assert dot(jnp.ones((2, 3)), jnp.ones(3)).shape == (2,)
    with refused:
        dot(jnp.ones((2, 3)), jnp.ones(2))


def test_what_is_returned_is_checked_too():
    with refused:
        wrong(jnp.ones(3))


def test_calls_within_calls_have_sizes_of_their_own():
    assert nested(jnp.ones(3)).shape == (3,)
    with refused:
        nested(jnp.ones(3, int))


def test_traced_arrays_are_checked():
    with refused:
        jax.jit(dot)(jnp.ones((2, 3)), jnp.ones(2))


def test_the_package_is_checked(key):
    with refused:
        integers_below(key, (3,), jnp.ones(3))
    with refused:
        integers_below(key, [3], jnp.ones(3, int))
