"""Loops in the plane: every verdict can fail, and the theory can be wrong."""

import types

import numpy as np
import pytest
import xarray as xr

import retrain_sim as rs
from experiments import curated_planes, uncurated_planes
from experiments.curated_planes import judge as curated
from experiments.curated_planes.theory import plane_of
from experiments.planes import DATA, follows, moon_places
from experiments.uncurated_planes import judge as uncurated
from retrain_sim.theory import hard_separation_mass
from retrain_sim.verdicts import CLOSE, FAIL, PASS


def loops(metric, paths, laws=None, **spec):
    """Make a result of three seeds around each arm's path, and its predictions."""
    noise = np.array([-0.001, 0.0, 0.001])[:, None]
    values = np.stack([np.asarray(path) + noise for path in paths.values()])
    arms = {"arm": list(paths)}
    history = xr.Dataset({metric: (("arm", "seed", "round"), values)}, arms)
    known = np.stack(list((laws or paths).values()))
    prediction = xr.Dataset({metric: (("arm", "round"), known)}, arms)
    made = types.SimpleNamespace(**spec)
    return types.SimpleNamespace(history=history, prediction=prediction, spec=made)


def test_the_worst_round_decides():
    values = np.array([[1.0, 2.0], [1.1, 2.1]])
    assert follows("a", values, np.array([1.05, 2.05]), 0.1).verdict == PASS
    assert follows("a", values, np.array([1.05, 2.5]), 0.5).verdict == CLOSE
    worst = follows("a", values, np.array([1.05, 2.8]), 0.5)
    assert worst.verdict == FAIL
    assert worst.gap == pytest.approx(-0.75)


@pytest.fixture(scope="module")
def plane():
    spec = rs.load_spec(curated_planes.SCENARIO)
    return plane_of(spec, "eight Gaussians", side=31)


def test_the_true_density_climbs_the_ladder(plane):
    assert [verdict.verdict for verdict in curated.ladder(plane)] == [PASS, PASS]
    np.testing.assert_allclose(
        hard_separation_mass(1 / 8, 2, 5), curated.LADDER, atol=5e-4
    )


def test_slates_of_three_climb_another_ladder(plane):
    wrong = curated.ladder(plane._replace(slate_size=3))
    assert [verdict.verdict for verdict in wrong] == [FAIL, FAIL]


def test_the_end_without_real_data_is_where_rounds_go(plane):
    rounds = plane.mass(12)
    assert rounds[-1] == pytest.approx(float(plane.end(0.0) @ plane.best), abs=0.02)


def test_the_moon_end_is_an_eighth_of_the_data():
    few = {"data": {"kind": "two-moons", "n": 200}}
    changes = DATA["two moons"] | few | curated_planes.MOON_END
    moons = plane_of(rs.load_spec(curated_planes.SCENARIO, changes), "two moons")
    assert float(moons.probs @ moons.best) == pytest.approx(1 / 8, abs=0.01)
    assert len(moon_places()) == 8


RISE, REST = [0.1, 0.4, 0.9], [0.1, 0.1, 0.1]
HALF = [0.1, 0.2, 0.3]


def masses(curated_only=RISE, no_curation=REST):
    paths = {
        "no curation": no_curation,
        "half real": HALF,
        "curated only": curated_only,
    }
    laws = {"no curation": REST, "half real": HALF, "curated only": RISE}
    return loops(curated.BALL, paths, laws)


def test_mass_that_leaves_the_map_fails():
    assert curated.mass("a", masses(), "curated only").verdict == PASS
    assert curated.mass("a", masses(HALF), "curated only").verdict == FAIL


@pytest.mark.parametrize(
    ("path", "places", "expected"),
    [(RISE, 2.0, [PASS, PASS]), (HALF, 2.0, [FAIL, PASS]), (RISE, 0.5, [PASS, FAIL])],
)
def test_controls_fail_where_loops_agree_with_the_wrong_law(path, places, expected):
    result = masses(path)
    entropy = loops(curated.MODES, {"no curation": [2.0, 2.0, places]})
    result.history = xr.merge([result.history, entropy.history], join="outer")
    found = curated.control({("data", "model"): result})
    assert [verdict.verdict for verdict in found] == expected


def distances(**ends):
    """Make distances that start at 0.1, and stay there in refits to real data."""
    shares = {"real only": 1.0, "lambda = 1": 0.5, "all synthetic": 0.0}
    ends = {"real only": 0.1} | {k.replace("_", " "): v for k, v in ends.items()}
    paths = {a: [0.1, (0.1 + e) / 2, e] for a, e in ends.items()}
    arms = {a: {"regime": {"real_share": shares[a]}} for a in paths}
    return loops(
        uncurated.DISTANCE, paths, arms=arms, run=types.SimpleNamespace(rounds=2)
    )


def test_errors_beyond_the_bound_fail():
    """0.1 from refits, start 0.1: 0.175 with half real data, 0.3 with none."""
    result = distances(all_synthetic=0.28)
    assert uncurated.bounded("a", result, "all synthetic").verdict == PASS
    assert uncurated.bounded("a", result, "all synthetic", 0.5).verdict == FAIL
    far = distances(all_synthetic=0.33)
    assert uncurated.bounded("a", far, "all synthetic").verdict == FAIL


def test_the_control_fails_where_own_samples_do_no_harm():
    drifting, still = distances(all_synthetic=0.28), distances(all_synthetic=0.09)
    assert uncurated.control({("a", "b"): drifting}).verdict == PASS
    assert uncurated.farther("a", drifting, None).verdict == PASS
    assert uncurated.farther("a", drifting, "real only").verdict == PASS
    assert uncurated.farther("a", still, None).verdict == FAIL
    assert uncurated.farther("a", still, "real only").verdict == FAIL
    both = {("a", "b"): drifting, ("a", "c"): still}
    assert uncurated.control(both).verdict == FAIL


@pytest.mark.slow
@pytest.mark.parametrize("experiment", [curated_planes, uncurated_planes])
def test_loops_in_the_plane_hold(experiment, tmp_path):
    found = experiment.EXPERIMENT.run("smoke", tmp_path)
    assert FAIL not in [v.verdict for v in found]
    assert (tmp_path / "figure.png").stat().st_size > 10_000
