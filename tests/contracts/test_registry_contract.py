"""Every component: in a contract table, exported, documented, a frozen pytree."""

import dataclasses
import importlib
import inspect
import itertools

import jax
import numpy as np
import pytest
from component_cases import (
    FIT_METRICS,
    SELECTION_METRICS,
    STATE_METRICS,
    TABLES,
    GroupsCase,
    MetricCase,
    ModelCase,
    RewardCase,
    f32,
)
from policy_cases import EnvironmentCase

from retrain_sim import metrics
from retrain_sim.catalog import catalog
from retrain_sim.curation import scores
from retrain_sim.registry import FAMILIES, describe, kinds

CASES = (EnvironmentCase, GroupsCase, MetricCase, ModelCase, RewardCase)
KINDS = [
    pytest.param(family, kind, id=f"{family}-{kind}")
    for family in FAMILIES
    for kind in kinds(family)
]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_contract_table_covers_exactly_the_registry(family):
    assert set(TABLES[family]) == set(kinds(family))
    assert all(TABLES[family].values())


def test_there_is_a_table_for_every_family():
    assert set(TABLES) == set(FAMILIES)


def test_metrics_of_states_and_of_both_steps_are_told_apart():
    assert set(STATE_METRICS) == set(metrics.STATE_KINDS)
    assert set(SELECTION_METRICS) == set(metrics.SELECTION_KINDS)
    assert set(FIT_METRICS) == set(metrics.FIT_KINDS)


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_a_component_is_exported(family, kind):
    package = importlib.import_module(FAMILIES[family])
    name = kinds(family)[kind].__name__
    assert name in package.__all__
    assert getattr(package, name) is kinds(family)[kind]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_package_exports_exists(family):
    package = importlib.import_module(FAMILIES[family])
    for name in package.__all__:
        assert hasattr(package, name)


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_a_component_is_documented(family, kind):
    cls = kinds(family)[kind]
    first = describe(cls)
    assert first.endswith(".")
    assert not first.startswith(f"{cls.__name__}(")  # what dataclasses write themselves
    assert catalog()[family][kind] == first


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_every_setting_is_documented(family, kind):
    cls = kinds(family)[kind]
    text = inspect.getdoc(cls)
    for field in dataclasses.fields(cls):
        if field.metadata.get("setting", True):
            assert f"{field.name}:" in text


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_every_public_method_is_documented(family, kind):
    for name, method in inspect.getmembers(kinds(family)[kind], inspect.isfunction):
        if not name.startswith("_") and name != "replace":
            assert inspect.getdoc(method)


def components():
    cases = [
        pytest.param(case, id=f"{family}-{kind}-{i}")
        for family, table in TABLES.items()
        if family not in ("data", "prediction")
        for kind, made in table.items()
        for i, case in enumerate(made)
    ]
    return pytest.mark.parametrize("case", cases)


@components()
def test_a_component_is_a_frozen_pytree_of_arrays(case):
    made = case[0] if isinstance(case, CASES) else case
    leaves, structure = jax.tree.flatten(made)
    again = jax.tree.unflatten(structure, leaves)
    assert jax.tree.structure(again) == structure
    assert hash(structure) == hash(jax.tree.structure(again))
    assert all(isinstance(leaf, np.ndarray | jax.Array) for leaf in leaves)
    field = next(iter(dataclasses.fields(made)), None)
    if field is not None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(made, field.name, getattr(made, field.name))


@components()
def test_a_component_of_a_table_is_in_range(case):
    """The tables hold nothing that a scenario file could not say."""
    made = case[0] if isinstance(case, CASES) else case
    assert list(getattr(made, "check", tuple)()) == []


def test_no_two_components_share_a_structure():
    """Or a compiled program of one class would serve another, silently."""
    classes = {c for family in FAMILIES for c in kinds(family).values()}
    bare = [cls() for cls in classes if not required(cls)]
    for a, b in itertools.combinations(bare, 2):
        assert jax.tree.structure(a) != jax.tree.structure(b)


def test_classes_with_equal_fields_have_different_structures():
    """Not so with ``jax.tree_util.register_dataclass``, hence ``component``."""
    voter, total = f32([0.5, 0.5]), f32([0.5, 0.5])
    one = jax.tree.structure(scores.RandomVoter(voter))
    assert one != jax.tree.structure(scores.WeightedSum(total))
    assert one == jax.tree.structure(scores.RandomVoter(total))


def required(cls):
    fields = dataclasses.fields(cls)
    return [f.name for f in fields if f.default is dataclasses.MISSING]
