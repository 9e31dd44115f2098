"""The experiment on text lengths: its claims can fail, its files are named."""

import numpy as np
import pytest

import retrain_sim as rs
from experiments import text_lengths
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


def test_the_full_profile_names_the_file_that_it_needs(monkeypatch):
    monkeypatch.delenv(text_lengths.TEXT, raising=False)
    with pytest.raises(UserError, match=r"wiki\.train\.tokens"):
        text_lengths.settings("full")
    monkeypatch.setenv(text_lengths.TEXT, "wiki.txt")
    changes = text_lengths.settings("full")
    assert changes["data.path"] == "wiki.txt"
    assert "data.path" not in text_lengths.settings("default")


@pytest.mark.slow
def test_text_lengths_hold(tmp_path):
    found = text_lengths.EXPERIMENT.run("smoke", tmp_path)
    assert [v.verdict for v in found] == ["PASS"] * 3
    assert (tmp_path / "figure.png").stat().st_size > 10_000
