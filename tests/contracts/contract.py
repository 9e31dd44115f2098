"""What every contract asks of a component, whatever it computes."""

import dataclasses

import jax
import numpy as np
import pytest
from support import assert_close

from retrain_sim.base import parts_of
from retrain_sim.registry import FAMILIES, kinds

KIND_OF = {cls: kind for family in FAMILIES for kind, cls in kinds(family).items()}


def every(table):
    """List the cases of a table as parameters, named after their kinds."""
    return [
        pytest.param(case, id="-".join([kind, *inner_kinds(case)]))
        for kind, cases in table.items()
        for case in cases
    ]


def inner_kinds(case):
    """Name the components inside a component: a rule's score and draw."""
    if not dataclasses.is_dataclass(case):
        return []
    return [KIND_OF[type(part)] for where, part in parts_of(case) if where]


def assert_jit_agrees(program, *args):
    """Compare a compiled function with what it was made of."""
    assert_close(program(*args), program.__wrapped__(*args))


def assert_vmap_agrees(program, component, batch, *args):
    """Map over the leading axis of one argument, at once and one after the other."""
    axes = (None, 0, *[None] * len(args))
    mapped = jax.jit(jax.vmap(program, axes))(component, batch, *args)
    found = jax.device_get(mapped)
    for i in range(len(jax.tree.leaves(batch)[0])):
        one, expected = jax.tree.map(lambda leaf, i=i: leaf[i], (batch, found))
        assert_close(program(component, one, *args), expected)


def assert_one_trace(function, component, *args):
    """Sweep every float leaf of the component: the program is traced once.

    Only shapes are evaluated, so that nothing is compiled.
    """
    traces = []

    def traced(component, *args):
        traces.append(1)
        return function(component, *args)

    program = jax.jit(traced)
    for factor in (1.0, 0.5, 0.25):
        jax.eval_shape(program, swept(component, factor), *args)
    assert len(traces) == 1


def swept(component, factor):
    """Multiply the float leaves; a trained classifier's are left alone."""

    def scaled(leaf):
        leaf = np.asarray(leaf)
        floating = np.issubdtype(leaf.dtype, np.floating) and leaf.ndim < 2
        return (leaf * factor).astype(leaf.dtype) if floating else leaf

    return jax.tree.map(scaled, component)


def assert_finite(tree):
    for leaf in jax.tree.leaves(tree):
        assert np.isfinite(np.asarray(leaf, np.float64)).all()
