"""The checker of every annotation in the package, for jaxtyping's import hook."""

import beartype
import jax
import jaxtyping
import numpy as np
from beartype.roar import BeartypeDecorHintException

# What comes from a cache, a file or a setting is a NumPy array until a program takes
# it: shapes and dtypes are what is checked here.
jaxtyping.Array = jax.Array | np.ndarray

# A leaf annotated `float` holds an array as soon as it is built or traced.
CONF = beartype.BeartypeConf(hint_overrides=beartype.FrozenDict({float: object}))


def checked(function):
    """Check arguments and results.

    Constructors are left alone: JAX rebuilds components with anything as leaves. So are
    functions that name a protocol which cannot be checked at run time.
    """
    if isinstance(function, type) or function.__name__ == "__init__":
        return function
    try:
        return beartype.beartype(function, conf=CONF)
    except BeartypeDecorHintException:
        return function
