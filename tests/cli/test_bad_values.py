"""Bad values, names and options: one line that says what, where, and what is allowed.

A value comes from a file or from ``--set``; both take the same way, so that ``--set``
on a good file stands for both.
"""

import pytest

UNKNOWN = {
    "curaton.slate_size=2": ["curaton", "'curation'"],
    "run.rouds=3": ["run.rouds", "'rounds'"],
    "run.kind=1": ["run.kind", "rounds, seed, seeds"],
    "headline.metrc=reward/mean": ["headline.metrc", "'metric'"],
    "claim.0.metrc=reward/mean": ["claim.0.metrc", "'metric'"],
    "metrics.nams=['shares']": ["metrics.nams", "'names'"],
    "metrics.names=['divrsity']": ["metrics", "'divrsity'", "'diversity'"],
    "data.prbs=[1.0]": ["data.prbs", "'probs'"],
    "data.kind=alphabets": ["data.kind", "'alphabet'"],
    "data.kind=7": ["data.kind", "7", "alphabet"],
    "model.kind=categorial": ["model.kind", "'categorical'"],
    "model.hidden=[16]": ["model.hidden", "unknown key"],
    "reward.first.kind=tabel": ["reward", "'tabel'", "'table'"],
    "reward.first.valus=[1.0]": ["reward.first.valus", "'values'"],
    "groups.kind=alphabt": ["groups.kind", "'alphabet'"],
    "curation.kind=k-choise": ["curation.kind", "'k-choice'"],
    "curation.temprature=1.0": ["curation.temprature", "'temperature'"],
    "regime.kind=replaced": ["regime.kind", "'replace'"],
    "regime.real_share=0.1": ["regime", "no kind", "real-share, replace"],
    "prediction.kind=populaton-map": ["prediction.kind", "'population-map'"],
    "headline.metric=share/w": ["headline.metric", "'share/w'", "share/x, share/y"],
    "headline.decides=chance": ["headline.decides", "prediction or claims"],
    "claim.0.kind=fals": ["claim.0.kind", "'fals'", "falls, ordered, rises"],
    "claim.0.metric=collapse/class_entrop": ["claim.0", "'collapse/class_entropy'"],
    "claim.0.metric=selection/leakage": ["claim.0", "selection/leakage", "allowed"],
    "claim.0.arms=['on']": ["claim", "arms", "'on'", "'one'"],
    "arms.one.model.size=3": ["arms.one.model", "curation, regime"],
    "thre.curation.slate_size=3": ["thre", "one", "two"],
}

WRONG_TYPE = {
    "title=3": ["title", "str", "3"],
    "data=alphabet": ["data", "'alphabet'"],
    "data.size=[3]": ["data.size", "int"],
    "model=3": ["model", "3"],
    "reward=3": ["reward", "3"],
    "reward=[1, 2]": ["reward", "1"],
    "reward={}": ["reward"],
    "reward.first.values=1.0": ["reward.first.values", "array"],
    "reward.first.values=['a', 'b', 'c']": ["reward.first.values", "float", "str"],
    "reward.first.name=1": ["reward", "name", "str"],
    "metrics.names=3": ["metrics.names", "3"],
    "metrics.names=[3]": ["metrics.names", "3"],
    "curation=1": ["curation", "1"],
    "curation.slate_size=big": ["curation.slate_size", "int | float", "'big'"],
    "curation.voter_weights=0.5": ["curation.voter_weights", "array", "0.5"],
    "run=1": ["run", "1"],
    "run.rounds=many": ["run", "rounds", "int", "many"],
    "run.rounds=2.5": ["run", "rounds", "int", "2.5"],
    "run.seeds=true": ["run", "seeds", "int"],
    "headline.tolerance=small": ["headline", "tolerance", "float", "small"],
    "claim=3": ["claim", "3"],
    "claim.0.arms=one": ["claim.0", "arms", "array"],
    "arms=1": ["arms", "1"],
    "arms.one=1": ["arms.one", "1"],
    "arms.one.curation=1": ["arms.one", "1"],
    "one.curation=1": ["arms.one", "1"],
}

NO_PLACE = {
    "run.rounds": ["--set run.rounds", "PATH=VALUE"],
    "=3": ["--set =3", "PATH=VALUE"],
    "run..rounds=3": ["run.", "unknown key", "rounds"],
    "run.rounds.x=3": ["run.rounds.x", "no parts"],
    "reward.7.values=[1.0]": ["reward.7.values", "'7'", "0..1"],
    "reward.third.values=[1.0]": ["reward.third.values", "'third'", "first", "second"],
    "claim.first.kind=falls": ["claim.first.kind", "'first'", "0..0"],
}

OUT_OF_RANGE = {
    "run.rounds=0": ["run.rounds", "at least 1", "0"],
    "run.seeds=0": ["run.seeds", "at least 1", "0"],
    "run.seed=-1": ["run.seed", "at least 0", "-1"],
    "run.seed=5000000000": ["run.seed", "5000000000"],
    "run.shown=-1": ["run.shown", "at least"],
    "run.atoms=9": ["run.atoms", "at least 10"],
    "headline.tolerance=-0.1": ["headline.tolerance", "at least 0"],
    "curation.n_kept=0": ["curation.n_kept", "at least 1"],
    "curation.n_candidates=0": ["curation.n_candidates", "at least 1"],
    "two.curation.slate_size=41": ["arms.two.curation.slate_size", "41", "40"],
    "two.curation.slate_size=0": ["arms.two.curation.slate_size", ">= 1"],
    "two.curation.slate_size=2.5": ["arms.two.curation.slate_size", "whole", "2.5"],
    "two.curation.slate_size=nan": ["arms.two.curation.slate_size", "whole", "nan"],
    "curation.temperature=0": ["curation.temperature", "positive", "0"],
    "curation.temperature=nan": ["curation.temperature", "positive", "nan"],
    "curation.voter_weights=[1.5, -0.5]": ["voter_weights", ">= 0", "-0.5"],
    "curation.voter_weights=[0.5, 0.6]": ["voter_weights", "sum to 1", "0.6"],
    "curation.voter_weights=[nan, nan]": ["voter_weights", "sum to 1", "nan"],
    "curation.voter_weights=[]": ["voter_weights"],
    "curation.voter_weights=[1.0]": ["voter_weights", "1 weights, 2 rewards"],
    "data.probs=[0.5, 0.5, 0.5]": ["data.probs", "sum to 1"],
    "data.probs=[nan, 0.5, 0.5]": ["data.probs", "sum to 1", "nan"],
    "data.names=['x']": ["data.names", "one per letter"],
    "reward=[]": ["reward", "at least one"],
    "reward.second.name=first": ["reward.name", "differ", "first, first"],
    "reward.first.values=[1.0]": ["reward", "values", "1 values for 3 letters"],
    "reward.first.values=[nan, 0.0, 0.0]": ["reward", "first", "nan"],
    "claim.0.kind=ordered": ["claim.0.arms", "at least 2", "1"],
    "groups.kind=classifier": ["data", "a classifier needs vectors"],
    "groups.kind=nearest-mode": ["groups.centers", "the data name no modes"],
    "model.kind=gaussian": ["model.kind", "gaussian needs vectors"],
    "model.kind=flow-matching": ["model.kind", "flow-matching needs vectors"],
}

OPTIONS = {
    "unknown command": (["predic"], ["predic", '"predict"']),
    "unknown option": (["run", "--sed", "3"], ["--sed", "--seed"]),
    "no argument": (["init"], ["init", "--file"]),
    "no folder": (["report"], ["report", "--folder"]),
    "no value": (["run", "letters.toml", "--seeds"], ["--seeds", "argument"]),
    "one too many": (["run", "letters.toml", "again"], ["again"]),
    "no number": (["run", "letters.toml", "--seeds", "x"], ["--seeds", "x"]),
    "no whole number": (["run", "letters.toml", "--rounds", "1.5"], ["--rounds"]),
    "no rounds": (["run", "letters.toml", "--rounds", "0"], ["run.rounds", "1"]),
    "no seeds": (["run", "letters.toml", "--seeds", "0"], ["run.seeds", "1"]),
    "negative seed": (["run", "letters.toml", "--seed", "-1"], ["run.seed", "0"]),
    "unknown scenario": (["run", "two-tribs"], ["'two-tribs'", "'two-tribes'"]),
    "no such scenario": (["predict", "zzz"], ["'zzz'", "condorcet, digits"]),
    "no such file": (["run", "no.toml"], ["no.toml", "No such file"]),
}

FILES = {
    "invalid TOML": (b"[data\n", ["not valid TOML", "line 1"]),
    "not UTF-8": (b'title = "\xff"\n', ["UTF-8"]),
    "empty": (b"", ["data: missing", "model, reward, groups, curation"]),
    "half": (b'[data]\nkind = "digits"\n', ["model: missing"]),
    "unknown section": (b"[modle]\n", ["modle", "'model'"]),
}


def by_name(cases):
    """Parametrize over the items of a table, with its keys as names."""
    return pytest.mark.parametrize(
        ("given", "says"), cases.items(), ids=[str(name) for name in cases]
    )


@by_name(UNKNOWN | WRONG_TYPE | NO_PLACE | OUT_OF_RANGE)
def test_bad_setting_is_refused(refused, given, says):
    refused("run", "letters.toml", "--set", given, says=says)


@by_name({k: UNKNOWN[k] for k in ("run.rouds=3", "model.kind=categorial")})
def test_bad_setting_is_refused_by_predict(refused, given, says):
    refused("predict", "letters.toml", "--json", "--set", given, says=says)


@pytest.mark.parametrize(("arguments", "says"), OPTIONS.values(), ids=OPTIONS)
def test_bad_option_is_refused(refused, arguments, says):
    refused(*arguments, says=says)


@pytest.mark.parametrize(("text", "says"), FILES.values(), ids=FILES)
def test_bad_file_is_refused(here, refused, text, says):
    (here / "bad.toml").write_bytes(text)
    refused("run", "bad.toml", says=says)


def test_json_keeps_standard_output_empty_on_refusal(refused):
    refused("run", "two-tribs", "--json", says=["two-tribes"])
