"""Modes, outcomes and tails on cases made by hand; what does not fit is refused."""

import jax.numpy as jnp
import numpy as np
import pytest
from samples import counted, measure, measure_alone, view_of
from support import assert_mean, spec_of

from retrain_sim import metrics, prepare
from retrain_sim.data.dataset import sample_of
from retrain_sim.errors import UserError
from retrain_sim.kit import Kit, Splits

MODES = np.array([[0, 0], [4, 0], [0, 4], [4, 4]], np.float32)
REAL = counted(0, n=50, d=2)


def near(*places):
    """Write ((mode, distance, count), ...) as rows and counts."""
    x = [MODES[mode] + np.array([distance, 0.0]) for mode, distance, _ in places]
    counts = [count for *_, count in places]
    return np.asarray(x, np.float32), np.asarray(counts, np.float32)


@pytest.mark.parametrize(
    ("places", "held", "nearby"),
    [
        ([(i, 0.5, 1) for i in range(4)], 1.0, 1.0),
        ([(0, 0.5, 99), (1, 0.5, 1)], 0.25, 1.0),
        ([(0, 0.5, 9), (1, 0.5, 1)], 0.5, 1.0),
        ([(0, 1.5, 5), (1, 0.5, 5)], 0.25, 0.5),
        ([(0, 0.5, 5), (1, 0.5, 5), (2, 0.5, 0)], 0.5, 1.0),
        ([(0, 1.5, 1)], 0.0, 0.0),
    ],
)
def test_a_mode_is_held_by_what_is_near_it(places, held, nearby):
    """At least 0.2 of the uniform share 1/4 within a distance of 1."""
    metric = metrics.ModeCoverage(np.float32(0.2), np.float32(1.0), MODES)
    found = measure(metric, near(*places), REAL)
    expected = {"coverage/modes": held, "coverage/nearby": nearby}
    assert found == pytest.approx(expected, rel=1e-6)


def test_the_default_radius_is_half_the_least_distance_of_two_modes():
    kit = Kit(spec_of("gaussian-decay", data={"kind": "eight-gaussians"}), print)
    metric = metrics.ModeCoverage().prepare(kit)
    gap = np.linalg.norm(kit.data.modes[0] - kit.data.modes[1])
    assert float(metric.radius) == pytest.approx(gap / 2, rel=1e-6)
    found = measure_alone(metric, view_of((kit.data.x, kit.data.weights)))
    assert found["coverage/modes"] == 1.0
    assert found["coverage/nearby"] > 0.95  # the balls reach to 3.06 sd


def test_a_single_mode_is_near_to_everything():
    kit = Kit(spec_of("gaussian-decay"), print)
    assert metrics.ModeCoverage().prepare(kit).radius == np.inf


def letters(x, weights):
    view = view_of((np.zeros((len(x), 1), np.float32), np.asarray(weights, np.float32)))
    return view._replace(x=jnp.asarray(x, jnp.int32))


@pytest.mark.parametrize(
    ("least", "outcomes", "share"), [(0.0, 3, 2 / 3), (0.2, 2, 1 / 3), (0.3, 1, 0.0)]
)
def test_outcomes_are_counted_once(least, outcomes, share):
    """Letter 3 is none of the real law's, letter 1 is absent."""
    real = np.array([0.2, 0.3, 0.5, 0.0], np.float32)
    view = letters([0, 0, 3, 2, 1, 3], [1, 1, 2, 1, 0, 3])
    found = measure_alone(metrics.SupportSurvival(np.float32(least), real), view)
    assert found["survival/outcomes"] == outcomes
    assert found["survival/share"] == pytest.approx(share)


LAW = {"kind": "alphabet", "probs": [0.05, 0.6, 0.05, 0.3]}


@pytest.mark.parametrize(
    ("tail", "rare"),
    [(0.04, [2]), (0.05, [2]), (0.06, [0, 2]), (0.1, [0, 2]), (0.4, [0, 2, 3])],
)
def test_the_tail_of_letters_is_the_rarest_that_suffice(tail, rare):
    kit = Kit(spec_of("coin-drift", data=LAW), print)
    metric = metrics.TailMass(np.float32(tail)).prepare(kit)
    assert np.flatnonzero(metric.rare).tolist() == rare
    found = measure_alone(metric, letters([0, 2, 3, 1], [4, 3, 2, 1]))
    expected = sum({0: 0.4, 2: 0.3, 3: 0.2}[i] for i in rare)
    assert found["tail/mass"] == pytest.approx(expected, rel=1e-6)


@pytest.fixture(scope="module")
def plane():
    data = {"kind": "gaussian", "dim": 3, "n": 2000, "mean": 5.0}
    return Kit(spec_of("gaussian-decay", data=data), print)


@pytest.mark.parametrize("tail", [0.05, 0.5])
def test_the_held_out_data_have_the_tail(plane, tail):
    metric = metrics.TailMass(np.float32(tail)).prepare(plane)
    real = plane.splits.reference
    found = measure_alone(metric, view_of((real.x, real.weights)))
    assert found["tail/mass"] == pytest.approx(tail, abs=1 / len(real.x))


def test_new_samples_have_the_tail_in_many_dimensions():
    """In the mean, of n held-out samples the 95 % quantile has rank 190 of n + 1."""
    masses, n = [], 200
    for seed in range(40):
        parts = np.random.default_rng(seed).normal(size=(3, n, 40)).astype(np.float32)
        model, reference = (sample_of(x) for x in parts[:2])
        metric = metrics.TailMass().prepare(FakeKit(Splits(model, model, reference)))
        view = view_of((parts[2], np.ones(n, np.float32)))
        masses.append(measure_alone(metric, view)["tail/mass"])
    assert_mean(masses, 1 - 190 / (n + 1))


def test_the_tail_is_by_mahalanobis_distance(plane):
    """Stretched data have a stretched region; a shrunk cloud has lost its tail."""
    scale = np.array([1.0, 100.0, 0.01], np.float32)
    stretched = [part._replace(x=part.x * scale) for part in plane.splits]
    here = metrics.TailMass().prepare(plane)
    there = metrics.TailMass().prepare(FakeKit(Splits(*stretched)))
    x, counts = counted(1, n=300)
    for size in (0.1, 1.0, 2.0):
        cloud = (5 + size * x).astype(np.float32)
        found = measure_alone(here, view_of((cloud, counts)))
        assert found == measure_alone(there, view_of((cloud * scale, counts)))
        assert (found["tail/mass"] == 0) == (size == 0.1)


class FakeKit:
    """Real data alone."""

    def __init__(self, splits):
        self.splits = splits


MISFITS = [
    ("coin-drift", name, {}, f"metrics.names: {name} needs vectors, not letters")
    for name in (
        "energy-distance",
        "frechet",
        "knn-entropy",
        "mmd",
        "nearest-real",
        "precision-recall",
        "variance",
        "vendi",
        "wasserstein-1d",
    )
]
MISFITS += [
    ("gaussian-decay", "support-survival", {}, "needs letters, not vectors"),
    ("coin-drift", "mode-coverage", {}, "mode-coverage: the data name no modes"),
    (
        "gaussian-decay",
        "wasserstein-1d",
        {"coordinate": 1},
        "metrics.wasserstein-1d.coordinate: must be below 1, the dimensions, got 1",
    ),
    (
        "gaussian-decay",
        "precision-recall",
        {"k": 10**6},
        "held-out samples, got 1000000",
    ),
]


@pytest.mark.parametrize(("scenario", "name", "options", "message"), MISFITS)
def test_what_does_not_fit_is_named(scenario, name, options, message):
    changes = {"metrics": {"names": ["shares", name], name: options}}
    with pytest.raises(UserError) as caught:
        prepare(spec_of(scenario, **changes))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


OUT_OF_RANGE = [
    ("mode-coverage", "kept_share", 0.0, "must be positive, got 0.0"),
    ("mode-coverage", "radius", -1.0, "must be at least 0, got -1.0"),
    ("support-survival", "least", 1.0, "must be at least 0 and below 1, got 1.0"),
    ("tail-mass", "tail", 0.0, "must be between 0 and 1, got 0.0"),
    ("variance", "ddof", 2, "must be 0 or 1, got 2"),
    ("variance", "least_variance", 0.0, "must be positive, got 0.0"),
    ("wasserstein-1d", "coordinate", -1, "must be at least 0, got -1"),
    ("mmd", "bandwidth", -1.0, "must be at least 0, got -1.0"),
    ("knn-entropy", "k", 0, "must be at least 1, got 0"),
    ("knn-entropy", "least_distance", 0.0, "must be positive, got 0.0"),
    ("precision-recall", "k", 0, "must be at least 1, got 0"),
    ("vendi", "kernel", "linear", "must be cosine or gaussian, got 'linear'"),
    ("vendi", "bandwidth", float("nan"), "must be at least 0, got nan"),
    ("vendi", "points", 0, "must be at least 1, got 0"),
    ("frechet", "features", "vgg", "must be raw or classifier, got 'vgg'"),
]


@pytest.mark.parametrize(("name", "field", "value", "message"), OUT_OF_RANGE)
def test_a_setting_out_of_range_is_named(name, field, value, message):
    changes = {"metrics": {"names": [name], name: {field: value}}}
    with pytest.raises(UserError) as caught:
        spec_of("gaussian-decay", **changes)
    assert str(caught.value) == f"metrics.{name}.{field}: {message}"


def test_data_full_of_copies_are_refused(tmp_path):
    """No scale can be read off them, for a kernel or for memorization."""
    path = tmp_path / "copies.npy"
    np.save(path, np.zeros((40, 1)))
    for name, options in [("mmd", {}), ("vendi", {"kernel": "gaussian"})]:
        with pytest.raises(UserError, match="copies: give a positive bandwidth"):
            prepare(copies(path, name, options))
    with pytest.raises(UserError, match="half of the held-out samples are training"):
        prepare(copies(path, "nearest-real", {}))


def copies(path, name, options):
    changes = {"metrics": {"names": ["shares", name], name: options}}
    data = {"kind": "file", "path": str(path)}
    return spec_of("gaussian-decay", data=data, **changes)


def test_a_classifier_is_trained_only_if_its_features_are_asked_for():
    for features, wanted in (("raw", False), ("classifier", True)):
        options = {"names": ["frechet"], "frechet": {"features": features}}
        spec = spec_of(
            "gaussian-decay", data={"kind": "eight-gaussians"}, metrics=options
        )
        assert Kit(spec, print).needs_classifier is wanted
