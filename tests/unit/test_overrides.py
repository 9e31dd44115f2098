"""``--set path=value``: what it parses, and which arms it reaches."""

import copy

import pytest
import tomli_w

from retrain_sim import load_spec
from retrain_sim.errors import UserError
from retrain_sim.overrides import override_all, parse_override, set_value

VALUES = {
    "title": "a title",
    "curation": {"n_kept": 5, "voter_weights": [0.5, 0.5]},
    "run": {"rounds": 3},
    "reward": [
        {"name": "a", "values": [0.0, 1.0]},
        {"name": "b", "values": [1.0, 0.0]},
    ],
    "arms": {"one": {"curation": {"n_kept": 7}}, "two": {}},
}


def changed(path, value):
    before = copy.deepcopy(VALUES)
    after = set_value(VALUES, path, value)
    assert before == VALUES
    return after


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run.rounds=7", ("run.rounds", 7)),
        ("curation.slate_size=inf", ("curation.slate_size", float("inf"))),
        ("a.b = [1.0, 2.0]", ("a.b", [1.0, 2.0])),
        ("a.b=true", ("a.b", True)),
        ("a.b='x = y'", ("a.b", "x = y")),
        ("a.b=plain text", ("a.b", "plain text")),
        ("a.b={c = 1}", ("a.b", {"c": 1})),
        ("a.b=", ("a.b", "")),
    ],
)
def test_a_value_is_toml_or_else_text(text, expected):
    assert parse_override(text) == expected


@pytest.mark.parametrize("text", ["run.rounds", "", "=3", "  =3"])
def test_a_text_without_path_or_value_is_refused(text):
    with pytest.raises(UserError, match="expected PATH=VALUE"):
        parse_override(text)


def test_the_last_of_two_overrides_wins():
    assert override_all(["a.b=1", "c=2", "a.b=3"]) == {"a.b": 3, "c": 2}


def test_a_path_sets_one_value():
    assert changed("run.rounds", 9) == VALUES | {"run": {"rounds": 9}}


def test_a_new_section_is_made():
    assert changed("regime.kind", "replace")["regime"] == {"kind": "replace"}


@pytest.mark.parametrize("path", ["reward.1.values.0", "reward.b.values.0"])
def test_an_item_of_a_list_by_place_or_name(path):
    after = changed(path, 9.0)
    assert [table["values"] for table in after["reward"]] == [[0.0, 1.0], [9.0, 0.0]]


def test_a_whole_table_of_a_list_by_name():
    after = changed("reward.b", {"name": "c"})
    assert after["reward"] == [VALUES["reward"][0], {"name": "c"}]


def test_a_shared_path_reaches_arms_that_set_it_themselves():
    after = changed("curation.n_kept", 9)
    assert after["curation"]["n_kept"] == 9
    assert after["arms"] == {"one": {"curation": {"n_kept": 9}}, "two": {}}


@pytest.mark.parametrize("path", ["two.curation.n_kept", "arms.two.curation.n_kept"])
def test_an_arms_path_concerns_that_arm_only(path):
    after = changed(path, 9)
    assert after["curation"] == VALUES["curation"]
    assert after["arms"]["two"] == {"curation": {"n_kept": 9}}
    assert after["arms"]["one"] == VALUES["arms"]["one"]


def test_an_item_of_a_list_that_an_arm_inherits():
    after = changed("two.curation.voter_weights.0", 0.9)
    assert after["curation"]["voter_weights"] == [0.5, 0.5]
    assert after["arms"]["two"] == {"curation": {"voter_weights": [0.9, 0.5]}}


def test_a_whole_section_is_replaced_for_all_arms():
    after = changed("curation", {"kind": "none"})
    assert after["curation"] == {"kind": "none"}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("title.x", "title has no parts"),
        ("title.x.y", "'x' is inside a plain value"),
        ("run.rounds.x", "run.rounds has no parts"),
        ("reward.2.values", "no item '2'; allowed: 0..1"),
        ("reward.c.values", "no item 'c'"),
        ("reward.9", "no item '9'"),
        ("reward.-1", "no item '-1'"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path, message):
    with pytest.raises(UserError) as caught:
        changed(path, 1)
    assert message in str(caught.value)
    assert f"--set {path}" in str(caught.value)


@pytest.mark.parametrize("arms", [3, {"one": 3}, {"one": {"curation": 3}}])
@pytest.mark.parametrize("path", ["curation.n_kept", "arms.one.curation.n_kept"])
def test_misshapen_arms_are_refused_as_such(arms, path, tmp_path):
    """The file is at fault here, not the override."""
    file = tmp_path / "bad.toml"
    file.write_text(tomli_w.dumps(VALUES | {"arms": arms}), encoding="utf-8")
    with pytest.raises(UserError):
        load_spec(file, {path: 3})


def test_overrides_reach_the_spec():
    overrides = {"run.rounds": 7, "K = 8.curation.n_kept": 9, "curation.n_kept": 8}
    spec = load_spec("two-tribes", dict(reversed(overrides.items())))
    kept = {name: arm["curation"]["n_kept"] for name, arm in spec.arms.items()}
    assert (spec.run.rounds, kept) == (7, {"K = 2": 8, "K = 8": 9})
