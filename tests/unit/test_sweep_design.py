"""What is swept: axes, weights that make room, designs, checks against a scenario."""

import math

import numpy as np
import pytest
from support import spec_of

from retrain_sim.errors import UserError
from retrain_sim.sweeping import Axis, drawn, grid, parse_axis, parse_random
from retrain_sim.sweeping.coordinates import coordinates_of
from retrain_sim.sweeping.settings import check_design, spec_at, values_at
from retrain_sim.sweeping.shares import count_programs, shares_of
from retrain_sim.sweeping.table import design_of
from retrain_sim.sweeping.weights import rescaled


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=0.1:0.5:3", (0.1, 0.3, 0.5)),
        ("a.b=1:100:3:log", (1.0, 10.0, 100.0)),
        ("a.b=2,4,inf", (2, 4, math.inf)),
        ("a.b=3:3:1", (3.0,)),
        ("a.b=replace,accumulate", ("replace", "accumulate")),
        ("a.b=true,false", (True, False)),
        ("a.b=[0.5, 0.5],[1.0, 0.0]", ((0.5, 0.5), (1.0, 0.0))),
    ],
)
def test_axis_is_read(text, values):
    assert parse_axis(text) == Axis("a.b", values)


BAD = {
    "a.b": "expected PATH=LO:HI:N",
    "=1,2": "expected PATH=LO:HI:N",
    "a.b=": "no point",
    "a.b=0:1:0": "no point",
    "a.b=0:1:-2": "no point",
    "a.b=1:0:3": "holds no 3 points",
    "a.b=1:1:2": "holds no 2 points",
    "a.b=0:1": "expected PATH=LO:HI:N",
    "a.b=0:x:3": "'x' is not a number",
    "a.b=0:inf:3": "finite ends",
    "a.b=0:1:3:log": "LO > 0",
    "a.b=1,,2": "an empty value",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_axis_is_one_line(text):
    with pytest.raises(UserError, match=f"^--over {text}: .*{BAD[text]}"):
        parse_axis(text)


def test_random_range_without_points_is_refused():
    with pytest.raises(UserError, match="holds no point"):
        parse_random("a.b=2:1")
    with pytest.raises(UserError, match="at least one point"):
        drawn([parse_random("a.b=1:2")], 0, seed=0)


def test_grid_combines_and_the_last_axis_moves_first():
    design = grid([Axis("a.x", (1, 2)), Axis("b.y", (3, 4, 5))])
    points = [design.point(i) for i in range(len(design))]
    assert points[:2] == [{"a.x": 1, "b.y": 3}, {"a.x": 1, "b.y": 4}]
    assert len({tuple(p.values()) for p in points}) == 6


def test_nothing_twice():
    with pytest.raises(UserError, match=r"a\.b: this dimension is swept twice"):
        grid([Axis("a.b", (1,)), Axis("a.b", (2,))])
    with pytest.raises(
        UserError, match=r"a\.b\.0: it is a part of a\.b, swept as well"
    ):
        grid([Axis("a.b", ((0.1, 0.9),)), Axis("a.b.0", (0.2,))])
    with pytest.raises(UserError, match="2 is there twice"):
        grid([Axis("a.b", (2, 3, 2))])
    with pytest.raises(UserError, match="nothing to sweep"):
        grid([])


def test_random_design_fills_every_part_of_the_ranges():
    axes = [parse_random("a.x=0:1"), parse_random("a.y=1:16:log")]
    design = drawn(axes, 40, seed=3)
    x, y = (np.array(axis.values) for axis in design.axes)
    assert sorted((x * 40).astype(int)) == list(range(40))
    assert sorted((np.log2(y) * 10).astype(int)) == list(range(40))
    assert design == drawn(axes, 40, seed=3)
    assert design != drawn(axes, 40, seed=4)


def test_weights_make_room_in_proportion():
    found = rescaled([0.5, 0.3, 0.2], {0: 0.1})
    assert sum(found) == pytest.approx(1, abs=1e-9)
    assert found[1] / found[2] == pytest.approx(1.5)
    assert rescaled([0.5, 0.3, 0.2], {0: 0.1, 2: 0.6}) == [0.1, 0.3, 0.6]
    assert rescaled([1.0, 0.0], {0: 1.0}) == [1.0, 0.0]


@pytest.mark.parametrize("fixed", [{0: 1.2}, {0: -0.1}, {0: 0.7, 1: 0.7}])
def test_weights_beyond_one_are_refused(fixed):
    with pytest.raises(UserError, match="sum to 1 at most"):
        rescaled([0.5, 0.3, 0.2], fixed)


def test_weights_that_cannot_make_room_are_refused():
    with pytest.raises(UserError, match="cannot make room"):
        rescaled([1.0, 0.0], {0: 0.5})


def test_every_arm_rescales_its_own_weights():
    own = {"arms": {"a": {"curation": {"voter_weights": [0.2, 0.4, 0.4]}}, "b": {}}}
    values = own | {"curation": {"voter_weights": [0.5, 0.5, 0.0]}}
    made = values_at(values, {"curation.voter_weights.0": 0.6})
    assert made["arms"]["a"]["curation"]["voter_weights"] == [0.6, 0.2, 0.2]
    assert made["curation"]["voter_weights"] == [0.6, 0.4, 0.0]
    one = values_at(values, {"a.curation.voter_weights.0": 0.6})
    assert one["arms"]["a"]["curation"]["voter_weights"] == [0.6, 0.2, 0.2]
    assert one["curation"]["voter_weights"] == [0.5, 0.5, 0.0]


PATHS = {
    "curation.slate_sise=2,3": ["curation.slate_sise", "'slate_size'"],
    "curaton.slate_size=2,3": ["curaton", "'curation'"],
    "reward.minorty.values=[1.0],[2.0]": ["reward.minorty", "minority"],
    "curation.voter_weights.5=0.1,0.2": ["no weight 5", "0..1"],
    "curation.score.voter_weights.0=0.1": ["no list curation.score.voter_weights"],
    "curation.slate_size=2,0": ["slate_size=0", "K"],
    "curation.temperature=1,warm": ["temperature=warm", "float"],
    "run.seeds=2,4": ["run.seeds", "--seeds"],
    "metrics.names=a,b": ["metrics.names", "same at all points"],
    "curation.voter_weights.0=0.5,1.5": ["voter_weights.0=1.5", "sum to 1"],
}


@pytest.mark.parametrize("text", PATHS)
def test_path_that_the_scenario_does_not_allow_is_one_line(text):
    with pytest.raises(UserError) as caught:
        check_design(spec_of("two-tribes"), grid([parse_axis(text)]))
    line = str(caught.value)
    assert line.startswith("--over ")
    assert "\n" not in line
    for word in PATHS[text]:
        assert word in line


def test_bad_combination_is_found_before_the_start():
    texts = "curation.slate_size=2,400", "curation.n_candidates=300,500"
    design = grid([parse_axis(text) for text in texts])
    with pytest.raises(UserError, match=r"slate_size=400 curation\.n_candidates=300"):
        check_design(spec_of("two-tribes", curation__n_kept=100), design)


def test_floats_share_a_program_and_static_choices_do_not():
    texts = (
        "curation.voter_weights.0=0.1:0.9:5",
        "curation.slate_size=2,3,inf",
        "curation.temperature=0.5,inf",
    )
    design = grid([parse_axis(text) for text in texts])
    shares = shares_of(spec_of("two-tribes"), design, np.zeros((30, 2), bool))
    assert [len(share.points) for share in shares] == [10, 10, 10]
    assert count_programs(shares) == 3
    assert sorted(p for share in shares for p in share.points) == list(range(30))


def test_units_take_every_run_once():
    design = grid([parse_axis("curation.temperature=1:2:7")])
    done = np.zeros((7, 10), bool)
    done[2, 3:5] = done[4] = True
    (share,) = shares_of(spec_of("two-tribes"), design, done)
    taken = done.astype(int)
    while share.left:
        points, start, n_seeds = share.take(room=(3, 8), batch=None)
        assert len(points) <= 3
        assert n_seeds <= 8
        taken[np.ix_(points, range(start, start + n_seeds))] += 1
        share.learn(len(points) * n_seeds, 0.1, len(points), 0.0)
    assert (taken == 1).all()


def test_coordinates_store_the_full_vector():
    texts = "curation.voter_weights.0=0.2,0.6", "curation.slate_size=2,inf"
    design = grid([parse_axis(text) for text in texts])
    found = coordinates_of(spec_of("two-tribes"), design)
    assert found["voter_weights"].dims == ("voter_weights_0", "reward")
    np.testing.assert_allclose(found["voter_weights"], [[0.2, 0.8], [0.6, 0.4]])
    assert list(found["slate_size"].values) == [2, math.inf]
    assert "whole pool" in found["slate_size"].attrs["description"]
    assert list(found["reward"].values) == ["minority", "majority"]


def test_table_of_the_file_and_options_make_one_design():
    table = {"curation": {"slate_size": [2, 4]}, "curation.temperature": "1:2:3"}
    spec = spec_of("two-tribes", sweep=table)
    design = design_of(spec, [], None)
    assert dict(zip(design.dims, design.shape, strict=True)) == {
        "slate_size": 2,
        "temperature": 3,
    }
    assert design_of(spec, ["curation.temperature=1,9"], None).shape == (2, 2)
    with pytest.raises(UserError, match=r"sweep\.curation\.slate_size"):
        design_of(spec_of("two-tribes", sweep={"curation.slate_size": 3}), [], None)
    random = spec_of("two-tribes", sweep={"random": 5, "curation.temperature": "1:2"})
    assert design_of(random, [], None).shape == (5,)


def test_point_of_a_design_is_the_scenario_with_its_values():
    spec = spec_at(spec_of("two-tribes"), {"curation.temperature": 2.0})
    arms = [arm["curation"]["temperature"] for arm in spec.arms.values()]
    assert arms == [2.0, 2.0]
