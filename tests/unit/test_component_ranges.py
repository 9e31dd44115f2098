"""Values out of range, kind by kind: one line that names the setting."""

import math

import pytest

from retrain_sim.errors import UserError
from retrain_sim.registry import build

NAN = math.nan
HALVES = [[0.5, 0.5], [0.5, 0.5]]

BAD = [
    ("data", "grid", {"n": 1}, "n: must be at least 2, got 1"),
    ("data", "grid", {"side": 0}, "side: must be at least 1"),
    ("data", "grid", {"spacing": 0.0}, "spacing: must be positive"),
    ("data", "grid", {"sd": math.inf}, "sd: must be positive, got inf"),
    ("data", "gaussian", {"mean": NAN}, "mean: must be finite"),
    ("data", "gaussian", {"dim": 0}, "dim: must be at least 1"),
    ("data", "eight-gaussians", {"n": 1}, "n: must be at least 2"),
    ("data", "blobs", {"n": 3, "blobs": 4}, "n: must be at least 4"),
    ("data", "blobs", {"blobs": 0}, "blobs: must be at least 1"),
    ("data", "blobs", {"dim": 0}, "dim: must be at least 1"),
    ("data", "blobs", {"sd": NAN}, "sd: must be positive, got nan"),
    ("data", "blobs", {"box": -1.0}, "box: must be positive"),
    ("data", "two-moons", {"n": 1}, "n: must be at least 2"),
    ("data", "two-moons", {"noise": -0.1}, "noise: must be at least 0"),
    ("data", "circles", {"noise": NAN}, "noise: must be at least 0, got nan"),
    ("data", "circles", {"factor": 1.0}, "factor: must be between 0 and 1"),
    ("data", "swiss-roll", {"n": 0}, "n: must be at least 2"),
    ("data", "markov", {}, "size: must be at least 2, got 0"),
    ("data", "markov", {"size": 2, "n": 1}, "n: must be at least 2"),
    ("data", "markov", {"size": 2, "length": 1}, "length: must be at least 2"),
    ("data", "markov", {"size": 2, "concentration": 0.0}, "concentration: must be"),
    ("data", "markov", {"size": 3, "transitions": HALVES}, "size: is 3, but there are"),
    ("data", "markov", {"transitions": [[1.0]]}, "transitions: must be a square"),
    ("data", "markov", {"transitions": [[1.0], [1.0]]}, "transitions: must be a squ"),
    ("data", "markov", {"transitions": [[0.5, 0.6], [0, 1]]}, "must be >= 0 and sum"),
    ("data", "markov", {"transitions": [[-0.5, 1.5], [0, 1]]}, "must be >= 0 and sum"),
    ("data", "markov", {"transitions": [[NAN, 1.0], [0, 1]]}, "must be >= 0 and sum"),
    ("data", "markov", {"transitions": [[1, 0], [0, 1]]}, "must have one stationary"),
    ("data", "regression", {"dim": 0}, "dim: must be at least 1"),
    ("data", "regression", {"n": 1}, "n: must be at least 2"),
    ("data", "regression", {"noise": -1.0}, "noise: must be at least 0"),
    ("data", "regression", {"coefficients": [NAN]}, "coefficients: must be finite"),
    ("data", "file", {"path": "x.txt"}, "allowed: .csv, .npy, .npz, .parquet"),
    ("reward", "linear", {"weights": []}, "weights: must be finite numbers, got []"),
    ("reward", "linear", {"weights": [NAN]}, "weights: must be finite numbers"),
    ("reward", "ball", {"center": [NAN]}, "center: must be finite"),
    ("reward", "ball", {"center": [0.0], "radius": -1.0}, "radius: must be at least 0"),
    ("reward", "ball", {"center": [0.0], "scale": 0.0}, "scale: must be positive"),
    ("reward", "jump-disc", {"center": [math.inf]}, "center: must be finite"),
    ("reward", "jump-disc", {"center": [0.0], "slope": -1.0}, "slope: must be at leas"),
    ("reward", "jump-disc", {"center": [0.0], "height": NAN}, "height: must be at lea"),
    ("reward", "distance", {"target": [0.0], "norm": 0.5}, "norm: must be at least 1"),
    ("reward", "distance", {"target": [0.0], "norm": NAN}, "norm: must be at least 1"),
    ("reward", "distance", {"target": [0.0], "scale": -1.0}, "scale: must be positive"),
    ("reward", "region", {}, "low: give either a box (low and high) or letters"),
    ("reward", "region", {"low": [0.0], "high": [1.0], "letters": [0]}, "give either"),
    ("reward", "region", {"low": [0.0]}, "high: 0 coordinates, but low has 1"),
    ("reward", "region", {"low": [1.0], "high": [0.0]}, "high: must be at least low"),
    ("reward", "region", {"low": [NAN], "high": [0.0]}, "high: must be at least low"),
    ("reward", "region", {"letters": [-1]}, "letters: must be at least 0"),
    ("reward", "region", {"letters": [0], "scale": 0.0}, "scale: must be positive"),
    ("reward", "confidence", {"scale": 0.0}, "scale: must be positive"),
    ("model", "linear-regression", {"design": "new"}, "design: unknown 'new'; allowed"),
    ("model", "linear-regression", {"noise": -1.0}, "noise: must be at least 0"),
    ("model", "n-gram", {"order": 0}, "order: must be at least 1"),
    ("model", "n-gram", {"alpha": -0.5}, "alpha: must be at least 0"),
    ("groups", "symbol", {"position": -1}, "position: must be at least 0"),
]


@pytest.mark.parametrize(("family", "kind", "values", "message"), BAD)
def test_a_value_out_of_range_is_refused_in_one_line(family, kind, values, message):
    with pytest.raises(UserError) as caught:
        build(family, {"kind": kind, **values}, family)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
