"""The theory of a run: bargain, survival and audits, from its atoms and history."""

import dataclasses
import html
import re

import numpy as np
import pytest
from support import quick_limits, ready_result, result_of

from retrain_sim.predictions.theory_section import NO_CURATION, NO_SLATES
from retrain_sim.report import write_report
from retrain_sim.store import RunFolder
from retrain_sim.theory import (
    coexistence_threshold,
    kkt_gap,
    population_trajectory,
    welfare,
)
from retrain_sim.theory_tables import theory_lines, theory_tables

LEAKAGE = float(np.exp(-10.0))
quick = pytest.fixture(quick_limits)


@pytest.fixture(scope="module")
def tribes():
    return ready_result("two-tribes")


def test_the_map_and_its_certificate_are_those_of_the_atoms(tribes):
    rewards, weights = [[10.0, 0.0], [0.0, 10.0]], [0.3, 0.7]
    path = population_trajectory([0.5, 0.5], rewards, weights, 8, 20)
    found = tribes.theory["K = 8"].bargain
    np.testing.assert_allclose(found.welfare, welfare(path, rewards, weights), 1e-6)
    np.testing.assert_allclose(found.gap, kkt_gap(path, rewards, weights), 1e-4)


def test_measured_welfare_follows_from_the_measured_shares(tribes):
    share = tribes.history["share/minority's"].sel(arm="K = 8").values.astype(float)
    utilities = np.array([[1.0, LEAKAGE], [LEAKAGE, 1.0]])
    mean = np.stack([share, 1 - share], axis=-1) @ utilities.T
    found = tribes.theory["K = 8"].bargain
    np.testing.assert_allclose(
        found.measured_welfare, np.log(mean) @ [0.3, 0.7], atol=1e-5
    )
    growth = ([0.3, 0.7] / mean) @ utilities
    np.testing.assert_allclose(found.measured_gap, np.log(growth).max(-1), atol=1e-4)


@pytest.mark.parametrize(("arm", "k"), [("K = 2", 2), ("K = 8", 8)])
def test_survival_is_what_the_thresholds_say(tribes, arm, k):
    minority, majority = tribes.theory[arm].survivors
    low, high = coexistence_threshold(k, LEAKAGE, LEAKAGE)
    assert minority.survives == (low < 0.3 < high) == (minority.margin > 0)
    assert majority.survives
    assert (minority.voter, minority.group) == ("minority", "minority's")


def test_at_infinite_slates_the_limit_is_the_bargain():
    for theory in ready_result("compromise").theory.values():
        for survivor in theory.survivors:
            assert survivor.limit == pytest.approx(survivor.nash, abs=1e-9)


def test_broken_assumptions_of_the_theorems_are_named():
    """Shallow rewards: a compromise outside both basins grows, as only B.4 excludes."""
    result = ready_result("compromise")
    shallow, steep = (result.theory[arm].basins for arm in ("shallow", "steep"))
    assert all(a.holds for a in (*shallow.main_text, *steep.main_text))
    assert [a.holds for a in (*shallow.appendix, *steep.appendix)] == [False, True]
    (line,) = (line for line in theory_lines(result) if "fails here" in line)
    assert line.startswith("shallow: ")
    assert line.endswith("fails here: outside domination.")


def test_small_slates_are_not_what_the_theorems_are_about(tribes):
    infinite, two, _ = tribes.theory["K = 2"].basins.setting
    assert (infinite.holds, infinite.detail, two.holds) == (False, "K = 2", True)


def test_what_has_no_bargain_says_so_in_one_line(tmp_path):
    uncurated = ready_result("coin-drift")
    assert uncurated.theory == {"coin": NO_CURATION}
    other = result_of("two-tribes", run__rounds=2, run__seeds=2, claim=[],
                      arms={"a": {}}, curation=TOP)  # fmt: skip
    assert other.theory == {"a": NO_SLATES}
    write_report(other, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert NO_SLATES in html.unescape(page)
    assert not (tmp_path / "figures" / "bargain.png").exists()


TOP = {
    "kind": "rule",
    "score": {"kind": "weighted-sum", "reward_weights": [0.8, 0.2]},
    "draw": {"kind": "top-fraction"},
    "n_candidates": 100,
    "n_kept": 50,
}


def test_a_joint_score_is_one_judge():
    """A weighted sum is not the rewards of a voter, whatever they are called."""
    curation = TOP | {"draw": {"kind": "slates", "slate_size": 3}}
    changes = {"run__rounds": 2, "run__seeds": 2, "claim": [], "arms": {"a": {}}}
    result = result_of("two-tribes", **changes, curation=curation)
    (judge,) = result.theory["a"].survivors
    assert (judge.voter, judge.group, judge.nash) == ("judge 1", "minority's", 1.0)
    assert result.theory["a"].basins is None


def test_every_table_and_line_is_on_the_page(tribes, tmp_path):
    write_report(tribes, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]*>", "|", page))
    for line in theory_lines(tribes):
        assert line in text
    for title, table in theory_tables(tribes):
        assert title in text
        for row in table.rows:
            assert all(cell in text for cell in row)


def test_every_prediction_has_value_measurement_error_gap_and_verdict(tribes):
    table = dict(theory_tables(tribes))["Every prediction, in the last round"]
    predicted = [n for n in tribes.metric_names() if n in tribes.prediction]
    assert len(table.rows) == len(predicted) * len(tribes.arms) > 0
    share = next(r for r in table.rows if r[:2] == ["share of minority's", "K = 8"])
    assert float(share[3]) == pytest.approx(
        tribes.last("share/minority's", "K = 8")[0], abs=5e-4
    )
    assert share[-1] == tribes.verdicts["K = 8"].verdict


def test_a_finished_run_says_the_same(tribes, tmp_path):
    folder = RunFolder.create(tmp_path / "run", tribes.spec, ABOUT, force=False)
    folder.save_atoms(tribes.atoms)
    folder.save_result(tribes)
    again = RunFolder.open(tmp_path / "run").result()
    assert theory_lines(again) == theory_lines(tribes)
    assert theory_tables(again) == theory_tables(tribes)


ABOUT = {"name": "two-tribes", "source": "two-tribes", "command": ""}


def test_verdicts_follow_the_history(tribes):
    """A history that was shifted fails, whatever was written when it was run."""
    assert tribes.verdicts["K = 8"].verdict == "PASS"
    shifted = dataclasses.replace(tribes, history=tribes.history + 0.1)
    assert shifted.verdicts["K = 8"].verdict == "FAIL"


@pytest.mark.slow
def test_welfare_is_theory_alone_where_a_group_holds_different_outcomes(quick):
    result = ready_result("digits")
    curated = [t for t in result.theory.values() if not isinstance(t, str)]
    assert curated
    assert all(t.bargain.measured_welfare is None for t in curated)
    assert any("theory alone" in line for line in theory_lines(result))
