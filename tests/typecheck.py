"""Every annotation in the package is checked: types, and the shapes and dtypes.

jaxtyping's import hook decorates all functions. Its own decorator checks arguments
twice, and binds them twice: that took a quarter of the time of the tests.
"""

import functools
import inspect
import typing

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
sizes_of_its_own = jaxtyping.jaxtyped


def install(package):
    """Check every function of a package that is imported from now on."""
    jaxtyping.jaxtyped = lambda *, typechecker: checked
    jaxtyping.install_import_hook(package, "typecheck.checked")


def checked(function):
    """Check arguments and results; a letter of a shape is one size within a call.

    Constructors are left alone: JAX rebuilds components with anything as leaves.
    """
    if not inspect.isfunction(function) or function.__name__ == "__init__":
        return function
    given = function.__annotations__
    hints = {name: _resolved(function, hint) for name, hint in given.items()}
    if not hints:
        return function
    function.__annotations__ = hints
    try:
        found = beartype.beartype(function, conf=CONF)
    except BeartypeDecorHintException:  # a protocol that cannot be checked
        return function
    return _with_sizes(found) if any(map(_has_shape, hints.values())) else found


def _resolved(function, hint):
    """Evaluate an annotation; a name that only type checkers know is anything."""
    try:
        return eval(hint, function.__globals__) if isinstance(hint, str) else hint
    except Exception:
        return typing.Any


def _has_shape(hint):
    if isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray):
        return True
    return any(map(_has_shape, typing.get_args(hint)))


def _with_sizes(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        with sizes_of_its_own("context"):
            return function(*args, **kwargs)

    return call
