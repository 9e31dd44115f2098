"""Random numbers: exactly the library's, however they are made."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.sampling import standard_normal, standard_uniform
from retrain_sim.threefry import is_threefry, make_key

DRAWS = {
    "bits": lambda key: jax.random.bits(key, (7,)),
    "no bits": lambda key: jax.random.bits(key, (0,)),
    "one word": jax.random.bits,
    "bytes": lambda key: jax.random.bits(key, (5,), "uint8"),
    "table": lambda key: jax.random.bits(key, (3, 5)),
    "split": lambda key: jax.random.key_data(jax.random.split(key, (2, 3))),
    "split in many": lambda key: jax.random.key_data(jax.random.split(key, 20)),
    "split in none": lambda key: jax.random.key_data(jax.random.split(key, 0)),
    "fold": lambda key: jax.random.key_data(jax.random.fold_in(key, 2**32 - 1)),
    "uniform": lambda key: jax.random.uniform(jax.random.split(key)[1], (11,)),
    "normal": lambda key: jax.random.normal(jax.random.fold_in(key, 9), (4, 3)),
    "letters": lambda key: jax.random.categorical(key, jnp.zeros(5), shape=(6,)),
}
SEEDS = np.array([0, 1, 2**32 - 1], np.uint32)


def both(draw):
    """Draw for several seeds at once, with keys of ours and of the library."""
    found = [
        jax.jit(jax.vmap(lambda s, make=make: draw(make(s))))(SEEDS)
        for make in (make_key, jax.random.key)
    ]
    return [np.asarray(x) for x in found]


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_every_draw_is_the_librarys(draw):
    ours, theirs = both(draw)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("shape", [(1,), (2, 3), (501,)])
def test_normal_numbers_are_the_librarys(shape):
    ours = jax.jit(jax.vmap(lambda s: standard_normal(make_key(s), shape)))(SEEDS)
    keys = jax.vmap(jax.random.key)(SEEDS)
    theirs = jax.jit(jax.vmap(lambda key: jax.random.normal(key, shape)))(keys)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("n", [1, 6, 501])
def test_uniform_numbers_are_the_librarys(n):
    ours = jax.jit(jax.vmap(lambda s: standard_uniform(make_key(s), n)))(SEEDS)
    keys = jax.vmap(jax.random.key)(SEEDS)
    theirs = jax.jit(jax.vmap(lambda key: jax.random.uniform(key, (n,))))(keys)
    np.testing.assert_array_equal(ours, theirs)


def test_keys_of_other_generators_draw_numbers_too():
    key = jax.random.key(0, impl="rbg")
    assert not is_threefry(key)
    assert is_threefry(jax.random.key(0))
    drawn = standard_normal(key, (3,))
    np.testing.assert_array_equal(drawn, jax.random.normal(key, (3,)))
    drawn = standard_uniform(key, 3)
    np.testing.assert_array_equal(drawn, jax.random.uniform(key, (3,)))
