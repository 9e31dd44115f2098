"""The experiment on text lengths: its claims can fail, its files are named."""

import types

import numpy as np
import pytest

import retrain_sim as rs
from experiments import text_lengths
from experiments.text_lengths import causes, settings
from retrain_sim.errors import UserError
from retrain_sim.verdicts import judge_claim


def ends(**last):
    """Make entropies of three seeds, two rounds: 2.8 at first, then as given."""
    noise = np.array([-0.01, 0.0, 0.01])
    return {
        arm: np.stack([2.8 + noise, value + noise[::-1]], axis=1)
        for arm, value in last.items()
    }


def verdicts(one, two, far):
    claims = rs.load_spec(text_lengths.SCENARIO).claims
    values = ends(**{"10": one, "10 and 15": two, "10 and 18": far})
    return [judge_claim(claim, values).verdict for claim in claims]


def test_claims_hold_where_two_targets_keep_more_lengths():
    assert verdicts(1.0, 1.7, 1.8) == ["PASS", "PASS", "PASS"]


def test_claims_fail_where_nothing_falls_or_two_targets_are_no_better():
    assert verdicts(2.9, 3.2, 3.2)[0] == "FAIL"
    assert verdicts(1.0, 1.0, 1.8) == ["PASS", "FAIL", "PASS"]
    assert verdicts(1.0, 1.7, 0.5) == ["PASS", "PASS", "FAIL"]


def predicted(near, far):
    """Make a result whose exact map ends in these entropies, all other causes 0.1."""
    expected = dict(zip(causes.POOLS, (near, far), strict=True))
    ends = {causes.ENTROPY: 0.0, f"with drift/{causes.ENTROPY}": 0.1}
    return types.SimpleNamespace(
        predicted=lambda metric, arm: expected[arm] + ends[metric],
        last=lambda metric, arm: (expected[arm] + 0.2, 0.0),
    )


def test_a_map_that_grows_with_the_distance_fails():
    assert causes.same_map(predicted(0.80, 0.82)).verdict == "PASS"
    assert causes.same_map(predicted(0.80, 0.95)).verdict == "FAIL"


def test_causes_add_up_to_what_is_measured():
    found = causes.growth(predicted(0.8, 0.9), causes.POOLS[1])
    assert found == pytest.approx(
        {"exact map": 0.9, "finite samples": 0.1, "the model": 0.1}
    )


def test_the_papers_profile_names_the_file_that_it_needs(tmp_path):
    with pytest.raises(UserError, match=r"no such file; it names wiki\.train\.tokens"):
        settings.paper(tmp_path / "nowhere")


def test_the_papers_sizes_are_a_scenario(tmp_path):
    """On a text too short to run: sizes, and a pool of 1000 seeds."""
    text = tmp_path / "wiki.train.tokens"
    text.write_text(" = Title = \n" + " One two three . \n" * 5, encoding="utf-8")
    spec = rs.load_spec(settings.SCENARIO, settings.paper(text))
    model, curation = spec.values["model"], spec.values["curation"]
    assert (model["layers"], model["heads"], model["width"]) == (6, 6, 384)
    assert (model["epochs"], model["rate"], model["batch"]) == (2.0, 5e-5, 8)
    assert (curation["n_kept"], curation["temperature"]) == (200, 0.5)
    assert spec.run.rounds == 20
    assert spec.arms["10, pool"]["regime"]["kind"] == "curated-pool"
    with pytest.raises(UserError, match="5 documents of at most 96 tokens"):
        rs.prepare(spec)


@pytest.mark.slow
def test_text_lengths_hold(tmp_path):
    found = text_lengths.EXPERIMENT.run("smoke", tmp_path)
    assert [v.verdict for v in found] == ["PASS"] * 4
    assert (tmp_path / "figure.png").stat().st_size > 10_000
