"""Arms that differ in floats only share one program, and share equal arrays."""

import jax
import numpy as np
import pytest
from support import assert_identical, prepared_of

from retrain_sim.arms import group_arms
from retrain_sim.scenario import Stack, signature


def scenario():
    return prepared_of("two-tribes").arms["K = 2"]


def changed(path, value):
    return scenario().at(path, value)


def f32(value):
    return np.asarray(value, np.float32)


def test_arms_that_differ_in_floats_are_one_program():
    arms = {
        "a": scenario(),
        "b": changed("curator.voter_weights", f32([0.5, 0.5])),
        "c": changed("curator.temperature", f32(np.inf)),
    }
    assert [group.names for group in group_arms(arms)] == [("a", "b", "c")]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("curator.slate_size", 3),
        ("curator.n_kept", 7),
        ("curator.n_candidates", 9),
        ("regime", prepared_of),
    ],
)
def test_arms_that_differ_in_sizes_or_classes_are_two(path, value):
    if path == "regime":
        regime = {"kind": "real-share", "real_share": 0.0}
        value = prepared_of("two-tribes", regime=regime).arms["K = 2"].regime
    arms = {"a": scenario(), "b": changed(path, value), "c": scenario()}
    assert [group.names for group in group_arms(arms)] == [("a", "c"), ("b",)]


def test_a_leaf_of_another_shape_or_type_needs_another_program():
    three = changed("curator.voter_weights", f32([0.2, 0.3, 0.5]))
    whole = changed("curator.temperature", np.asarray(1))
    assert len({signature(s) for s in (scenario(), three, whole)}) == 3


def test_equal_leaves_are_stored_once():
    arms = [scenario(), changed("curator.temperature", f32(2.0))]
    stack = Stack(arms)
    assert sum(stack.varies) == 1
    for leaf, varies, one in zip(
        stack.leaves, stack.varies, jax.tree.leaves(arms[0]), strict=True
    ):
        assert leaf.shape == ((2,) if varies else ()) + np.shape(one)


def test_every_arm_is_picked_as_it_was():
    arms = [scenario(), changed("curator.temperature", f32(2.0))]
    stack = Stack(arms)
    pick = jax.jit(stack.pick)
    for i, arm in enumerate(arms):
        assert_identical(pick(stack.leaves, i), arm)


def test_at_replaces_one_value_and_nothing_else():
    before = scenario()
    after = before.at("curator.temperature", f32(3.0))
    assert float(after.curator.temperature) == 3.0
    assert float(before.curator.temperature) == 1.0
    assert_identical(after.at("curator.temperature", f32(1.0)), before)


def test_at_refuses_a_value_that_does_not_exist():
    with pytest.raises((AttributeError, TypeError)):
        scenario().at("curator.slate", 3)
