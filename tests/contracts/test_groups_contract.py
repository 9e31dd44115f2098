"""Every labeller: a group among ``names`` for every outcome."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from component_cases import GROUPS, SCORES, N
from contract import assert_jit_agrees, assert_one_trace, assert_vmap_agrees, every
from support import assert_identical

pytestmark = pytest.mark.parametrize("case", every(GROUPS))


@jax.jit
def label(groups, outcomes):
    return groups(*outcomes)


def test_a_label_for_every_outcome(case):
    labels = case.groups(case.x, SCORES)
    assert labels.shape == (N,)
    assert labels.dtype == jnp.int32
    assert set(np.unique(labels)) <= set(range(len(case.groups.names)))


def test_every_small_case_uses_several_groups(case):
    assert len(np.unique(case.groups(case.x, SCORES))) > 1


def test_names_are_distinct_strings(case):
    names = case.groups.names
    assert isinstance(names, tuple)
    assert all(isinstance(name, str) and name for name in names)
    assert len(set(names)) == len(names)


def test_an_outcome_is_labelled_alone(case):
    some = jnp.asarray([7, 3, 4])
    alone = case.groups(case.x[some], SCORES[:, some])
    assert_identical(alone, case.groups(case.x, SCORES)[some])


def test_compiled_equals_eager(case):
    assert_jit_agrees(label, case.groups, (case.x, SCORES))


def test_mapped_equals_one_by_one(case):
    xs = jnp.stack([case.x, case.x[::-1]])
    scores = jnp.stack([SCORES, SCORES[:, ::-1]])
    assert_vmap_agrees(label, case.groups, (xs, scores))


def test_one_trace_while_floats_are_swept(case):
    assert_one_trace(label.__wrapped__, case.groups, (case.x, SCORES))
