"""Pictures of sweeps: what is chosen from the dimensions, and that it is drawn."""

import numpy as np
import pytest
import xarray as xr

from retrain_sim.errors import UserError
from retrain_sim.sweeping.pictures import KINDS, Wish, choose, draw_all, suitable
from retrain_sim.sweeping.pictures.axes import name_of, positions
from retrain_sim.sweeping.pictures.choice import choose_points
from retrain_sim.sweeping.pictures.drawing import PLACES
from retrain_sim.sweeping.pictures.maps import draw_heat, draw_phase

AXES = {
    "voter_weights_0": [0.1, 0.2, 0.3, 0.4, 0.5],
    "slate_size": [2.0, 4.0, np.inf],
    "temperature": [1.0, 2.0, 4.0, 8.0],
    "kind": ["replace", "accumulate"],
}
METRIC = "collapse/class_entropy"


def results(*names, arms=("one", "two"), point=False):
    """Results of a sweep over some axes, the metric a plain function of the place."""
    rng = np.random.default_rng(0)
    coords = {name: ("point" if point else name, AXES[name]) for name in names}
    if point:
        shape, dims = (5,), ("point",)
        coords = {n: ("point", rng.random(5)) for n in names} | {"point": np.arange(5)}
    else:
        shape, dims = tuple(len(AXES[n]) for n in names), names
    coords |= {"arm": list(arms), "seed": [0, 1, 2], "round": [0, 1, 2], "step": [1, 2]}
    mean = np.arange(np.prod(shape)).reshape(shape) / 7
    full = mean[(..., *[None] * 3)] + np.zeros((*shape, len(arms), 3, 3))
    noise = rng.normal(0, 0.05, full.shape)
    found = xr.Dataset(
        {
            METRIC: ((*dims, "arm", "seed", "round"), full + noise),
            "selection/leakage": ((*dims, "arm", "seed", "step"), full[..., 1:]),
            "update/realized": ((*dims, "arm", "seed"), full[..., 0]),
            f"predicted/{METRIC}": ((*dims, "arm", "round"), full[..., 0, :]),
            "verdict": ((*dims, "arm"), np.full(full.shape[:-2], "PASS", object)),
        },
        coords,
    )
    found.attrs["headline"] = METRIC
    for name in names:
        found[name].attrs["path"] = f"curation.{name.replace('_0', '.0')}"
    return found


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (["temperature"], ["curves", "rounds"]),
        (["slate_size", "kind"], ["curves", "rounds", "heat"]),
        (["temperature", "voter_weights_0"], ["curves", "rounds", "heat", "phase"]),
    ],
)
def test_kinds_follow_the_dimensions(names, kinds):
    assert suitable(results(*names), Wish()) == kinds
    point = results("temperature", "voter_weights_0", point=True)
    assert suitable(point, Wish()) == ["scatter"]


def test_places_follow_the_dimensions():
    found = results("slate_size", "temperature", "voter_weights_0", arms=["only"])
    chosen = choose(found, METRIC, Wish(), PLACES["heat"])
    assert (chosen.x, chosen.y) == ("voter_weights_0", "temperature")
    assert chosen.panel == "slate_size"
    curves = choose(found, METRIC, Wish(), PLACES["curves"])
    assert (curves.x, curves.color) == ("voter_weights_0", "temperature")


def test_wishes_are_granted():
    found = results("slate_size", "temperature", "voter_weights_0")
    wish = Wish(x="temperature", y="slate_size", at={"voter_weights_0": "0.3"}, round=1)
    chosen = choose(found, METRIC, wish, PLACES["heat"])
    assert (chosen.x, chosen.y, chosen.panel) == ("temperature", "slate_size", "arm")
    assert chosen.fixed == "voter_weights_0 = 0.3"
    assert chosen.round == 1
    expected = found[METRIC].sel(voter_weights_0=0.3, round=1)
    np.testing.assert_array_equal(chosen.last, expected)


def test_what_is_left_over_is_said():
    names = "slate_size", "temperature", "voter_weights_0", "kind"
    chosen = choose(results(*names), METRIC, Wish(), PLACES["heat"])
    assert chosen.fixed == "kind = replace, arm = one"


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish(metric="collapse/class_entrop"), "did you mean 'collapse/class_entropy'"),
        (Wish(x="temprature"), "--x temprature: did you mean 'temperature'"),
        (Wish(at={"temprature": "1"}), "--at temprature=1"),
        (Wish(at={"temperature": "3"}), "no such value; allowed: 1, 2, 4, 8"),
        (Wish(round=7), "--round 7: no such round; allowed: 0..2"),
    ],
)
def test_wish_that_cannot_be_granted_is_one_line(wish, says):
    found = results("temperature", "voter_weights_0")
    with pytest.raises(UserError, match=says):
        choose(found, METRIC, wish, PLACES["heat"])


def test_kind_that_does_not_suit_is_one_line(tmp_path):
    found = results("temperature")
    with pytest.raises(UserError, match=r"--kind heat: not with .* curves, rounds"):
        draw_all(found, METRIC, tmp_path / "p", ["heat"], Wish())
    with pytest.raises(UserError, match="--kind heap: did you mean 'heat'"):
        draw_all(found, METRIC, tmp_path / "p", ["heap"], Wish())
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize(
    "found",
    [
        results("temperature", "voter_weights_0", "slate_size"),
        results("temperature", "voter_weights_0", arms=["only"]),
        results("temperature", "voter_weights_0", point=True),
        results("temperature", point=True),
    ],
)
@pytest.mark.parametrize("metric", [METRIC, "selection/leakage"])
def test_every_kind_is_drawn(found, metric, tmp_path):
    files = draw_all(found, METRIC, tmp_path / "plots", [], Wish(metric=metric))
    assert [path.stem for path in files] == suitable(found, Wish())
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in files)
    assert {path.stem for path in files} <= set(KINDS)


def test_cells_hold_the_means_and_contours_the_theory():
    found = results("temperature", "voter_weights_0", arms=["only"])
    heat = draw_heat(choose(found, METRIC, Wish(), PLACES["heat"]))
    (mesh,) = heat.axes[0].collections
    mean = found[METRIC].isel(round=-1).mean("seed").squeeze().transpose()
    expected = mean.transpose("temperature", "voter_weights_0")
    np.testing.assert_allclose(mesh.get_array().ravel(), expected.values.ravel())
    phase = draw_phase(choose(found, METRIC, Wish(), PLACES["phase"]))
    dashed = [c for c in phase.axes[0].collections if c.get_linestyle()[0][1]]
    assert dashed
    without = found.drop_vars(f"predicted/{METRIC}")
    bare = draw_phase(choose(without, METRIC, Wish(), PLACES["phase"]))
    assert not [c for c in bare.axes[0].collections if c.get_linestyle()[0][1]]


def test_a_failure_is_marked():
    found = results("temperature", "kind", arms=["only"])
    found["verdict"][2, 1, 0] = "FAIL"
    figure = draw_heat(choose(found, METRIC, Wish(), PLACES["heat"]))
    crosses = [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    (at,) = [line.get_xydata().round(0).tolist() for line in crosses]
    assert at == [[2.0, 1.0]]


def test_infinity_gets_a_place_on_the_axis():
    found = results("slate_size")
    assert positions(found, "slate_size").tolist() == [0, 1, 2]
    assert positions(results("temperature"), "temperature").tolist() == [1, 2, 4, 8]


def test_weights_are_named_after_their_voter():
    found = results("voter_weights_0").assign_coords(reward=["helpful", "harmless"])
    assert name_of(found, "voter_weights_0") == "weight of helpful"


def test_random_design_is_drawn_over_what_is_asked_for():
    found = results("temperature", "voter_weights_0", point=True)
    chosen = choose_points(found, METRIC, Wish(x="voter_weights_0"))
    assert (chosen.x, chosen.y) == ("voter_weights_0", "temperature")
    with pytest.raises(UserError, match="--y temp: "):
        choose_points(found, METRIC, Wish(y="temp"))
