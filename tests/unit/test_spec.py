"""A scenario file: checked before any work, every refusal one clear line."""

import tomllib

import pytest
from support import spec_from

from retrain_sim import load_spec, scenario_names
from retrain_sim.errors import UserError, nearest
from retrain_sim.spec import scenario_text

LETTERS = {
    "data": {"kind": "alphabet", "size": 2},
    "model": {"kind": "categorical"},
    "reward": [{"name": "a", "kind": "table", "values": [0.0, 1.0]}],
    "groups": {"kind": "alphabet"},
    "curation": {"kind": "k-choice", "voter_weights": [1.0]},
}


def letters(**changes):
    """Change some sections of a small scenario; None leaves one out."""
    values = LETTERS | changes
    return spec_from({k: v for k, v in values.items() if v is not None})


def k_choice(**changes):
    return {"curation": LETTERS["curation"] | changes}


def claim(**changes):
    base = {"kind": "falls", "arms": ["categorical"]}
    return {"claim": [base | changes]}


REFUSED = [
    ({"dta": {}}, "dta: unknown section; did you mean 'data'?"),
    ({"model": None}, "model: missing; a scenario needs data, model, reward"),
    ({"run": {"rouds": 3}}, "run.rouds: unknown key; did you mean 'rounds'?"),
    ({"run": {"rounds": 0}}, "run.rounds: must be at least 1, got 0"),
    ({"run": {"seeds": 0}}, "run.seeds: must be at least 1, got 0"),
    ({"run": {"seed": -1}}, "run.seed: must be at least 0, got -1"),
    ({"run": {"seed": 2**40}}, "run.seed: "),
    ({"run": {"rounds": "many"}}, "run: Expected 'int', got 'str' at '.rounds'"),
    ({"run": {"rounds": 2.5}}, "run: Expected 'int', got 'float'"),
    ({"run": 3}, "run: Expected 'object', got 'int', got 3"),
    ({"headline": {"tolerance": -1.0}}, "headline.tolerance: must be at least 0"),
    ({"headline": {"tolerance": float("nan")}}, "headline.tolerance: must be"),
    ({"headline": {"decides": "luck"}}, "headline.decides: must be prediction or"),
    (claim(kind="fall"), "claim.0.kind: unknown 'fall'; allowed: falls, ordered"),
    (claim(arms=["catgorical"]), "no arm 'catgorical'; did you mean 'categorical'?"),
    (claim(kind="ordered"), "claim.0.arms: needs at least 2, got 1"),
    (claim(arms="categorical"), "claim.0: Expected 'array', got 'str'"),
    ({"claim": [3]}, "claim.0: Expected 'object', got 'int'"),
    ({"reward": []}, "reward: at least one [[reward]] is needed"),
    ({"reward": [3]}, "reward.0: Expected 'object', got 'int'"),
    ({"reward": 2 * LETTERS["reward"]}, "reward.name: names must differ, got a, a"),
    ({"reward": [{"kind": "tabel"}]}, "reward.reward-0.kind: unknown 'tabel'; did"),
    ({"metrics": {"nams": []}}, "metrics.nams: unknown key; did you mean 'names'?"),
    ({"metrics": {"names": ["spred"]}}, "metrics.names: unknown 'spred'; did you"),
    ({"metrics": {"names": "spread"}}, "metrics.names: Expected 'array', got 'str'"),
    ({"data": {"size": 2}}, "data: no kind; allowed: alphabet, blobs, cifar10"),
    ({"data": {"kind": 3}}, "data.kind: unknown 3; allowed: alphabet"),
    ({"prediction": {"kind": "luck"}}, "prediction.kind: unknown 'luck'; allowed"),
    ({"regime": {"kind": "real-share", "real_share": 2.0}}, "between 0 and 1, got 2"),
    ({"curation": {"kind": "k-choice"}}, "curation.voter_weights: missing"),
    (
        {"regime": {"kind": "replace", "real_share": 0.1}},
        "regime.real_share: unknown key of kind 'replace'; kinds that have it: real-s",
    ),
    (k_choice(slate=2), "curation.slate: unknown key; did you mean 'slate_size'?"),
    (k_choice(temperature="hot"), "curation.temperature: Expected 'float', got 'str'"),
    (k_choice(voter_weights=[0.7, 0.7]), "must be >= 0 and sum to 1, got [0.7, 0.7]"),
    (k_choice(voter_weights=[1.5, -0.5]), "must be >= 0 and sum to 1"),
    (k_choice(voter_weights=[float("nan")]), "must be >= 0 and sum to 1, got [nan]"),
    (k_choice(voter_weights=[0.5, 0.5]), "2 weights, 1 rewards"),
    (k_choice(slate_size=9, n_candidates=8), "9 is larger than the pool of 8"),
    (k_choice(slate_size=0), "whole number >= 1 or inf, got 0"),
    (k_choice(slate_size=2.5), "whole number >= 1 or inf, got 2.5"),
    (k_choice(slate_size=float("nan")), "whole number >= 1 or inf, got nan"),
    (k_choice(slate_size=-float("inf")), "whole number >= 1 or inf, got -inf"),
    (k_choice(temperature=0.0), "curation.temperature: must be positive"),
    (k_choice(n_kept=0), "curation.n_kept: must be at least 1, got 0"),
    (k_choice(n_candidates=0), "curation.n_candidates: must be at least 1"),
    ({"curation": {"kind": "none", "n_kept": 0}}, "curation.n_kept: must be at least"),
    (
        {"curation": {"kind": "none", "n_kept": 5, "n_candidates": 4}},
        "curation.n_candidates: must be at least n_kept = 5",
    ),
    ({"arms": {"a": {"data": {}}}}, "arms.a.data: arms cannot set it; allowed: cur"),
    ({"arms": {"a": {"curaton": {}}}}, "arms cannot set it; did you mean 'curation'?"),
    ({"arms": {"a": 3}}, "arms.a: Expected 'object', got 'int'"),
    ({"arms": {"a": {"curation": 3}}}, "arms.a: Expected 'object', got 'int'"),
    (
        {"arms": {"a": {}, "b": {"curation": {"n_kept": 0}}}},
        "arms.b.curation.n_kept: must be at least 1, got 0",
    ),
    ({"data": {"kind": "alphabet", "size": 0}}, "data.size: must be at least 1"),
    ({"data": {"kind": "alphabet", "probs": [0.5, 0.6]}}, "data.probs: must be >= 0"),
    (
        {"data": {"kind": "alphabet", "probs": [float("nan"), 1.0]}},
        "data.probs: must be >= 0 and sum to 1",
    ),
    (
        {"data": {"kind": "alphabet", "size": 2, "zipf": float("nan")}},
        "data.zipf: must be at least 0",
    ),
    ({"data": {"kind": "alphabet", "size": 2, "zipf": -1.0}}, "data.zipf: must be at"),
    ({"data": {"kind": "alphabet", "size": 3, "probs": [1.0]}}, "data.size: is 3, but"),
    ({"data": {"kind": "alphabet", "size": 2, "names": ["a"]}}, "data.names: one per"),
    ({"data": {"kind": "gaussian", "dim": 0}}, "data.dim: must be at least 1"),
    ({"data": {"kind": "gaussian", "n": 1}}, "data.n: must be at least 2"),
    ({"data": {"kind": "gaussian", "sd": 0.0}}, "data.sd: must be positive"),
    ({"data": {"kind": "eight-gaussians", "n": 1}}, "data.n: must be at least 2"),
    ({"data": {"kind": "file", "path": "a.txt"}}, "'a.txt': allowed: .csv, .npy, .npz"),
    ({"data": {"kind": "file", "path": "no.npy"}}, "data.path: no such file: no.npy"),
    ({"model": {"kind": "gaussian", "ddof": 2}}, "model.ddof: must be 0 or 1, got 2"),
    ({"model": {"kind": "flow-matching", "steps": 0}}, "model.steps: must be at least"),
    ({"model": {"kind": "flow-matching", "rate": 0.0}}, "model.rate: must be positive"),
    ({"model": {"kind": "flow-matching", "hidden": []}}, "needs positive widths"),
    ({"model": {"kind": "flow-matching", "solver": "rk"}}, "unknown 'rk'; allowed"),
    ({"groups": {"kind": "basins", "eps": -1.0}}, "groups.eps: must be at least 0"),
    (
        {"groups": {"kind": "nearest-mode", "centers": [[0.0]], "names": ["a", "b"]}},
        "groups.names: 2 names for 1 centers",
    ),
    (
        {"groups": {"kind": "nearest-mode", "centers": [[0.0], [1.0, 2.0]]}},
        "centers: rows of different lengths",
    ),
    (
        {"reward": [{"kind": "quadratic-peak", "center": [0.0], "scale": 0.0}]},
        "scale: must be positive",
    ),
    ({"reward": [{"kind": "class-probability"}]}, "label: missing; kind needs it"),
    ({"reward": [{"kind": "class-probability", "label": -1}]}, "label: must be at"),
    ({"reward": [{"kind": "import", "path": "no_colon"}]}, "package.module:function"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_a_bad_value_is_refused_and_named(changes, message):
    with pytest.raises(UserError) as caught:
        letters(**changes)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_small_scenario_itself_is_accepted():
    assert list(letters().arms) == ["categorical"]


@pytest.mark.parametrize("name", scenario_names())
def test_every_ready_scenario_is_accepted(name):
    spec = load_spec(name)
    assert spec.title != name
    assert spec.claims
    assert tomllib.loads(scenario_text(name))["title"] == spec.title


@pytest.mark.parametrize("name", scenario_names())
def test_a_spec_written_as_toml_is_the_same_spec(name, tmp_path):
    spec = load_spec(name)
    path = tmp_path / f"{name}.toml"
    path.write_text(spec.to_toml(), encoding="utf-8")
    again = load_spec(path)
    assert (again.values, again.run, again.claims) == (
        spec.values,
        spec.run,
        spec.claims,
    )
    assert again.arms == spec.arms


def test_an_arm_changes_what_it_names_and_keeps_the_rest():
    arms = {"steep": {"curation": {"temperature": 0.5}}, "plain": {}}
    spec = letters(arms=arms)
    assert spec.arms["steep"]["curation"]["temperature"] == 0.5
    assert spec.arms["steep"]["curation"]["voter_weights"] == [1.0]
    assert "temperature" not in spec.arms["plain"]["curation"]


def test_an_arm_of_another_kind_starts_afresh():
    arms = {"free": {"curation": {"kind": "none", "n_kept": 9}}}
    assert letters(arms=arms).arms["free"]["curation"] == arms["free"]["curation"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"cannot read scenario .*no\.toml: No such"):
        load_spec(tmp_path / "no.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not UTF-8 text"):
        load_spec(path)


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("[data\n", encoding="utf-8")
    with pytest.raises(UserError, match="not valid TOML"):
        load_spec(path)


def test_an_unknown_scenario_is_answered_with_the_nearest():
    with pytest.raises(UserError, match=r"no scenario 'digit'; did you mean 'digits'"):
        load_spec("digit")


def test_nearest_says_so_when_nothing_is_allowed():
    assert nearest("x", []) == "allowed: (nothing)"
