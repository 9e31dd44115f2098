"""What a tracker hears: each round of each curve once, in order, as in the history."""

import numpy as np
import pytest
from support import spec_of

from retrain_sim.errors import NonFiniteError
from retrain_sim.pace import Pace
from retrain_sim.runner import run
from retrain_sim.simulate import Simulation
from retrain_sim.tracking.curves import MOST_SEEDS

SMALL = {"run__rounds": 6, "run__seeds": 2, "run__atoms": 40}


class Recorder:
    """A tracker that remembers everything."""

    def __init__(self):
        self.curves, self.scenarios, self.closed = {}, {}, 0

    def start(self, label, scenario):
        assert label not in self.curves
        self.curves[label], self.scenarios[label] = [], scenario

    def log(self, label, round, values):
        assert round == len(self.curves[label])
        self.curves[label].append(dict(values))

    def close(self):
        self.closed += 1


def column(recorder, label, name):
    """Read one metric of a curve; NaN where it was not logged."""
    return np.array([row.get(name, np.nan) for row in recorder.curves[label]])


@pytest.fixture(scope="module")
def tracked():
    """Track a run of two programs at every pause."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pace, "due", lambda self: True)
        recorder = Recorder()
        result = run(spec_of("condorcet", **SMALL), tracker=recorder)
    return recorder, result


def test_every_arm_has_theory_mean_and_seeds(tracked):
    recorder, result = tracked
    assert len(result.arms) == 2
    kinds = ["theory", "mean", "seed-0", "seed-1"]
    assert set(recorder.curves) == {f"{arm}/{k}" for arm in result.arms for k in kinds}
    assert {len(rows) for rows in recorder.curves.values()} == {7}
    assert set(recorder.scenarios.values()) == {result.spec.to_toml()}
    assert recorder.closed == 1


def test_curves_are_the_history_and_the_prediction(tracked):
    recorder, result = tracked
    name = "collapse/class_entropy"
    for arm in result.arms:
        runs = result.history[name].sel(arm=arm).values.astype(np.float64)
        np.testing.assert_array_equal(column(recorder, f"{arm}/seed-1", name), runs[1])
        mean = column(recorder, f"{arm}/mean", name)
        np.testing.assert_array_equal(mean, runs.mean(axis=0))
        expected = result.prediction[name].sel(arm=arm).values
        np.testing.assert_array_equal(column(recorder, f"{arm}/theory", name), expected)


def test_a_step_of_curation_belongs_to_the_round_it_led_to(tracked):
    recorder, result = tracked
    name = result.step_metric_names()[0]
    logged = column(recorder, f"{result.arms[0]}/seed-0", name)
    assert np.isnan(logged[0])
    np.testing.assert_array_equal(logged[1:], result.history[name].values[0, 0])


def test_bookkeeping_is_not_logged(tracked):
    names = {name for row in tracked[0].curves["K = 2/mean"] for name in row}
    assert not {"run/finite", "run/trained"} & names


def test_of_many_seeds_only_the_mean_is_logged():
    recorder = Recorder()
    run(
        spec_of("coin-drift", run__rounds=2, run__seeds=MOST_SEEDS + 1),
        tracker=recorder,
    )
    assert set(recorder.curves) == {"coin/theory", "coin/mean"}


def test_curves_are_there_while_the_run_is_under_way(monkeypatch):
    """They grow between chunks; a run that dies has left what it had done."""
    monkeypatch.setattr(Pace, "due", lambda self: True)
    check, seen, recorder = Simulation._check, [], Recorder()

    def watched(self, program, raise_nonfinite):
        check(self, program, raise_nonfinite)
        rounds = self.progress.rounds_done
        seen.append((rounds, len(recorder.curves.get("coin/mean", []))))
        if len(seen) == 4:
            raise NonFiniteError("dead")

    monkeypatch.setattr(Simulation, "_check", watched)
    with pytest.raises(NonFiniteError):
        run(spec_of("coin-drift", run__seeds=2), tracker=recorder)
    done, logged = zip(*seen, strict=True)
    assert done[:2] == (0, 1)
    assert logged == (0, 0, 2, done[2] + 1)  # round 0 counts
    assert recorder.closed == 1
