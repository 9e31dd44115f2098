"""Advice on data whose answer is known, and on real tables."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from sklearn import datasets
from sklearn.linear_model import Ridge

from retrain_sim.dose.advice import advise, summary
from retrain_sim.dose.advice.curve import CANNOT, HELPS, judge_curve
from retrain_sim.dose.advice.folds import Losses, held_out_losses
from retrain_sim.dose.advice.pair import pair_up
from retrain_sim.dose.advice.plug_in import plug_in
from retrain_sim.dose.advice.shown import remarks
from retrain_sim.dose.advice.tables import read_rows
from retrain_sim.dose.laws import best_mean_ratio
from retrain_sim.errors import UserError


def cloud(n, dim=4, seed=0, far=0.0):
    rng = np.random.default_rng(seed)
    return {f"f{i}": rng.normal(size=n) + far for i in range(dim)}


def paired(real, made):
    return pair_up(read_rows(real), read_rows(made))


def test_the_plug_in_law_is_that_of_the_true_distance():
    """Many rows: the advice comes near the law at the gap that was put in."""
    both = paired(cloud(600), cloud(4000, seed=1, far=0.3))
    found = plug_in(both, 0, "bures")
    unit2 = 1.0  # both spreads are 1
    expected = 0.3**2 * 4 * unit2
    low, high = found.gap_interval
    assert low**2 < expected < high**2
    assert found.resolvable
    assert found.low <= found.ratio <= found.high
    truth = best_mean_ratio(found.task._replace(gap=math.sqrt(expected)))
    assert found.low <= truth <= found.high
    assert found.threshold == pytest.approx(math.sqrt(4 / 1200), rel=0.1)


def test_a_distance_that_cannot_be_resolved_is_said_to_be():
    found = advise(cloud(40), cloud(80, seed=1))
    assert not found.groups[0].law.resolvable
    assert found.groups[0].law.high == math.inf
    assert any("cannot be told from zero" in line for line in remarks(found))
    assert summary(found)["groups"][0]["law"]["interval"][1] == "inf"


def test_classes_are_compared_within_themselves():
    """Other shares of the classes are no distance; other classes' means are."""
    rng = np.random.default_rng(0)

    def table(n, share, gap):
        label = (np.arange(n) < share * n).astype(int)
        return {"f": rng.normal(size=n) + gap * label, "label": label}

    real, made = table(400, 0.5, 6.0), table(400, 0.1, 6.0)
    assert not plug_in(paired(real, made), 0, "bures").resolvable
    wrong = table(400, 0.5, 3.0)
    assert plug_in(paired(real, wrong), 0, "bures").resolvable
    no_labels = [{"f": t["f"]} for t in (real, made)]
    assert plug_in(paired(*no_labels), 0, "bures").resolvable


def test_held_out_losses_are_those_of_scikit_learn(monkeypatch):
    from retrain_sim.dose.advice import folds

    monkeypatch.setattr(folds, "PENALTIES", (0.1,))
    rng = np.random.default_rng(0)
    real, made = cloud(24), cloud(40, seed=1)
    real["label"] = real["f0"] + rng.normal(size=24)
    made["label"] = made["f0"] + rng.normal(size=40)
    both = paired(real, made)
    ratios = np.array([0.0, 1.0])
    losses = held_out_losses(both, 0, ratios, 24, 1, 0)
    assert losses.values.shape == (24, 2, 1)
    errors = []
    for row in range(24):
        x, y = (np.delete(z, row, axis=0) for z in both.real[:2])
        fitted = Ridge(alpha=0.1 * 23).fit(x, y[:, 0])
        at = both.real.x[row : row + 1]
        errors.append(fitted.predict(at)[0] - both.real.targets[row, 0])
    np.testing.assert_allclose(losses.values[:, 0, 0], np.square(errors), rtol=1e-3)
    assert not np.allclose(losses.values[:, 0], losses.values[:, 1])


def test_the_gaussian_without_labels_is_a_density():
    from retrain_sim.dose.advice.folds import _density

    x = jnp.asarray(np.random.default_rng(0).normal(size=(200, 1)), jnp.float32)
    grid = jnp.linspace(-9, 9, 4001)[:, None]
    stacked = jnp.concatenate([grid, x])
    weights = jnp.concatenate([jnp.zeros(4001), jnp.ones(200)])
    loss = _density(stacked, None, weights, 0.1, 4001)
    assert float(jnp.exp(-loss).sum() * 18 / 4000) == pytest.approx(1, abs=1e-3)


def doses(best, noise=1.0, n=400, seed=0):
    """Losses with a parabola in log2 of the ratio, least at one of them."""
    ratios = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0])
    mean = 0.1 * (np.arange(6) - best) ** 2
    rows = np.random.default_rng(seed).normal(size=(n, 1)) * noise
    own = np.random.default_rng(seed + 1).normal(size=(n, 6)) * noise / 2
    return Losses(ratios, (mean[None] + rows + own)[..., None])


def test_the_best_dose_of_a_known_curve_is_found():
    found = judge_curve(doses(best=3))
    assert (found.ratio, found.verdict) == (1.0, HELPS)
    assert found.low <= 1.0 <= found.high
    assert found.gain_low < 0.9 < found.gain_high
    assert found.curvature[1] > 0
    assert judge_curve(doses(best=0)).verdict == CANNOT


def test_too_much_harms_only_beyond_chance():
    """A parabola bends; a fall that ends in a plateau is convex, and does not."""
    assert judge_curve(doses(best=3)).bends
    assert not judge_curve(doses(best=5)).bends
    steps = np.array([1.0, 0.5, 0.3, 0.0, 0.01, 0.01])
    noise = np.random.default_rng(0).normal(size=(300, 6))
    flat = Losses(np.array([0, 0.25, 0.5, 1, 2, 4]), (steps + noise)[..., None])
    found = judge_curve(flat)
    assert found.curvature[1] > 0
    assert not found.bends


def test_noise_alone_rarely_helps():
    """The best of six equal doses: what it gains on other rows is nothing."""
    verdicts, gains = [], []
    for seed in range(40):
        rows = np.random.default_rng(seed).normal(size=(100, 6, 1))
        found = judge_curve(Losses(np.arange(6.0), rows))
        verdicts.append(found.verdict)
        gains.append(found.gain)
    assert np.mean([v == HELPS for v in verdicts]) < 0.05 + 4 * math.sqrt(0.0475 / 40)
    assert abs(np.mean(gains)) < 4 * np.std(gains) / math.sqrt(40)


def test_groups_without_data_are_flagged_and_others_are_not():
    rng = np.random.default_rng(0)
    real, made = cloud(60), cloud(90, seed=1)
    real["group"] = ["ours"] * 30 + ["only real"] * 25 + ["few"] * 5
    made["group"] = ["ours"] * 40 + ["only made"] * 30 + ["few"] * 20
    real["label"], made["label"] = (rng.integers(2, size=n) for n in (60, 90))
    found = advise(real, made)
    flags = {one.name: one.flag for one in found.groups}
    assert flags == {
        "few": "fewer than 10 real rows",
        "only made": "no real data",
        "only real": "no synthetic data",
        "ours": "",
    }
    for one in found.groups:
        assert (one.ratio is None) == bool(one.flag)
    assert sum("nothing is recommended" in line for line in remarks(found)) == 3
    flagged = [g for g in summary(found)["groups"] if g["ratio"] is None]
    assert [g["law"] for g in flagged] == [None] * 3


def test_a_class_that_is_a_group_without_real_rows_is_flagged():
    real, made = cloud(40), cloud(60, seed=1)
    real["kind"], made["kind"] = ["a", "b"] * 20, ["a", "b", "c"] * 20
    found = advise(real, made, label="kind", group="kind")
    assert [one.flag for one in found.groups] == ["", "", "no real data"]
    with pytest.raises(UserError, match="label 'c' in row 3 is in no real row"):
        advise(real, made, label="kind")


def test_a_dose_does_not_make_a_group_more_common():
    """Synthetic copies of a class change no weight: the curve of it is flat."""
    rng = np.random.default_rng(0)
    label = np.arange(60) % 2
    real = {"f": rng.normal(size=60) + label, "label": label, "group": label}
    ones = np.flatnonzero(label)
    made = {name: np.tile(np.asarray(v)[ones], 20) for name, v in real.items()}
    both = pair_up(read_rows(real), read_rows(made))
    losses = held_out_losses(both, 1, np.array([0.0, 16.0]), 3, 8, 0).values[..., 0]
    change = losses[:, 1].mean() - losses[:, 0].mean()
    assert abs(change) < 0.08


def test_constant_features_are_left_out_and_named():
    real, made = cloud(30), cloud(30, seed=1)
    real["same"] = made["same"] = np.ones(30)
    real["odd"], made["odd"] = np.ones(30), np.arange(30.0)
    real["gone"], made["gone"] = np.arange(30.0), np.ones(30)
    found = advise(real, made)
    assert found.pair.real.x.shape[1] == 6
    assert any("constant in both files: same" in line for line in remarks(found))
    for side, name in (("real", "odd"), ("synthetic", "gone")):
        said = f"WARNING: constant in the {side} rows only: {name}."
        assert said in found.pair.remarks


def test_a_generator_that_draws_one_row_is_advised_against():
    """Its distance to itself is zero, which the transport must survive."""
    real = cloud(40)
    found = advise(real, {name: np.full(30, 0.1) for name in real})
    assert found.groups[0].verdict == CANNOT
    assert all(one.resolvable for one in found.distances)


REAL_TABLES = {
    "breast-cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
    "digits": datasets.load_digits,
    "wine": datasets.load_wine,
}


def split(name, n_real, n_made):
    """Cut a real table: some rows to use, a Gaussian per class fitted to the others."""
    loaded = REAL_TABLES[name]()
    rng = np.random.default_rng(0)
    order = rng.permutation(len(loaded.data))
    x, y = loaded.data[order], loaded.target[order]
    classes = np.unique(y) if name != "diabetes" else [None]
    table = np.concatenate([x, y[:, None]], axis=1)[n_real:]
    parts = [table if c is None else table[table[:, -1] == c] for c in classes]
    drawn = [
        rng.multivariate_normal(part.mean(0), np.cov(part.T), n_made // len(parts))
        for part in parts
    ]
    made = np.concatenate(drawn)
    columns = [f"f{i}" for i in range(x.shape[1])]
    sides = []
    for rows, target in ((x[:n_real], y[:n_real]), (made[:, :-1], made[:, -1])):
        target = target if name == "diabetes" else np.round(target).astype(int)
        sides.append(dict(zip(columns, rows.T, strict=True)) | {"label": target})
    return sides


SLOW = {"breast-cancer", "digits", "wine"}  # other sizes: to compile takes long
TABLES = [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in REAL_TABLES]


@pytest.mark.parametrize("name", TABLES)
def test_real_tables_are_advised_on(name):
    found = advise(*split(name, 60, 240))
    plain = summary(found)
    assert plain["labels"] == ("numbers" if name == "diabetes" else "classes")
    (one,) = plain["groups"]
    assert one["verdict"] in ("helps", "does not help", "not resolved")
    assert one["ratio"] == (one["model"]["ratio"] if one["verdict"] == "helps" else 0)
    loss = np.array(one["model"]["loss"])
    assert np.isfinite(loss).all()
    assert loss[0] < 1.1  # a constant guess of a number loses 1
    assert one["model"]["ratio"] == one["model"]["ratios"][loss.argmin()]


@pytest.fixture(scope="module")
def digits():
    """Cut digits: 100 rows to use, the others in the place of synthetic ones."""
    loaded = datasets.load_digits()
    order = np.random.default_rng(0).permutation(len(loaded.data))
    sides = []
    for rows in (order[:100], order[100:]):
        table = dict(zip(map(str, range(64)), loaded.data[rows].T, strict=True))
        sides.append(table | {"label": loaded.target[rows]})
    return sides


@pytest.mark.slow
def test_a_perfect_generator_of_digits_helps(digits):
    (found,) = advise(*digits, distance="bures").groups
    assert (found.verdict, found.ratio > 2) == (HELPS, True)


@pytest.mark.slow
def test_a_useless_generator_of_digits_is_found_out(digits):
    """Labels at random: no dose of them helps."""
    real, made = digits
    wrong = np.random.default_rng(0).permutation(made["label"])
    (found,) = advise(real, made | {"label": wrong}, distance="bures").groups
    assert found.ratio == 0.0
    assert found.curve.loss[-1] > found.curve.loss[0]
