"""Units of a sweep: the same numbers as a run, whatever else is in the batch."""

import dataclasses
from functools import cache, partial

import jax
import numpy as np
import pytest
from support import (
    assert_close,
    assert_identical,
    deviations,
    prepared_of,
    result_of,
    spec_of,
)

from retrain_sim.errors import UserError
from retrain_sim.one_run import whole_run
from retrain_sim.scenario import signature
from retrain_sim.sweeping import Unit, batch, run_unit
from retrain_sim.sweeping.batch import Batch, Room
from retrain_sim.sweeping.crossing import cross, ground_of
from retrain_sim.sweeping.settings import spec_at

SEVERAL_DEVICES = True

SMALL = {
    "curation__n_candidates": 60,
    "curation__n_kept": 60,
    "run__rounds": 5,
    "run__seeds": 4,
}
METRIC = "share/minority's"
POINTS = tuple({"curation.temperature": t} for t in (1.0, 3.0, 9.0))


def unit_of(points=POINTS, seeds=(0, 4), room=(3, 4), **settings):
    spec = spec_of("two-tribes", **SMALL | settings)
    index = tuple(range(len(points)))
    return Unit(spec.name, "", spec.values, points, index, seeds, room)


@cache
def found():
    return run_unit(unit_of())


def arm(**settings):
    return prepared_of("two-tribes", **SMALL | settings).arms["K = 2"]


def test_unit_has_named_dimensions():
    sizes = {"point": 3, "arm": 2, "seed": 4, "round": 6, "step": 5}
    assert dict(found().sizes) == sizes
    assert found()[METRIC].dims == ("point", "arm", "seed", "round")
    assert found()["selection/leakage"].dims == ("point", "arm", "seed", "step")
    assert found()[f"predicted/{METRIC}"].dims == ("point", "arm", "round")
    assert not any(bool(v.isnull().any()) for v in found().values())


def test_unit_agrees_with_a_run_of_the_same_scenario():
    """Another program, the same random numbers: equal up to rounding of choices."""
    result = result_of("two-tribes", **SMALL, curation__temperature=3.0)
    ours = found().isel(point=1)
    np.testing.assert_allclose(
        ours[METRIC].values, result.history[METRIC].values, atol=1e-6
    )
    np.testing.assert_allclose(
        ours["reward/mean"], result.history["reward/mean"], rtol=1e-5
    )
    np.testing.assert_allclose(
        ours[f"predicted/{METRIC}"], result.prediction[METRIC], rtol=1e-6
    )


def test_other_points_and_seeds_in_the_batch_change_no_bit():
    alone = run_unit(unit_of(POINTS[1:2], seeds=(2, 2)))
    for name in (METRIC, "selection/leakage", "reward/mean"):
        together = found()[name].isel(point=[1], seed=[2, 3])
        assert_identical(alone[name].values, together.values)


def test_points_share_their_random_numbers():
    """Two points with the same settings are the same runs."""
    twice = run_unit(unit_of(POINTS[:1] * 2))
    assert_identical(
        twice[METRIC].isel(point=0).values, twice[METRIC].isel(point=1).values
    )


def test_floats_compile_once_and_sizes_again(monkeypatch):
    made = []
    compile_ = Batch._compile

    def counted(self):
        made.append(self)
        return compile_(self)

    monkeypatch.setattr(Batch, "_compile", counted)
    points = ({"curation.temperature": 0.7}, {"regime.real_share": 0.3})
    regime = {"kind": "real-share", "real_share": 0.1}
    arms = {"only": {}}
    about = {"regime": regime, "arms": arms, "claim": [], "run__rounds": 4}
    run_unit(unit_of(points, room=(2, 4), **about))
    run_unit(unit_of(points[:1], seeds=(9, 1), room=(2, 4), **about))
    assert len(made) == 1
    run_unit(unit_of(({"curation.slate_size": 3},), room=(2, 4), **about))
    assert len(made) == 2


def test_what_points_share_is_prepared_once():
    base = spec_of("two-tribes", **SMALL)
    crossed = cross([spec_at(base, p) for p in POINTS], base)
    atoms = {id(prepared.atoms) for prepared in crossed.points}
    assert len(atoms) == 1
    other = spec_at(base, {"data.probs": (0.4, 0.6)})
    assert ground_of(other) is not ground_of(base)
    assert ground_of(other) is ground_of(other)


def test_points_of_different_data_join_in_order():
    points = tuple({"data.probs": (p, 1 - p)} for p in (0.3, 0.5, 0.3))
    made = run_unit(unit_of(points))
    first = made[f"predicted/{METRIC}"].isel(arm=0, round=0)
    np.testing.assert_allclose(first, [0.3, 0.5, 0.3])
    assert_identical(made[METRIC].values[0], made[METRIC].values[2])


@pytest.mark.slow
def test_what_only_some_points_measure_is_nan_at_the_others():
    """Groups of other names: the shares of one point are not those of the other."""
    points = ({"data.names": ("a", "b")}, {"data.names": ("a", "c")})
    made = run_unit(unit_of(points, run__rounds=2, headline={}, claim=[]))
    assert made["share/a"].notnull().all()
    for name, there, missing in (("share/b", 0, 1), ("share/c", 1, 0)):
        assert made[name].isel(point=there).notnull().all()
        assert made[name].isel(point=missing).isnull().all()


@pytest.mark.parametrize("n_seeds", [1, 3, 7])
def test_runs_are_dealt_to_both_devices_and_collected_in_order(n_seeds):
    assert jax.local_device_count() == 2
    arms = [arm(curation__temperature=t) for t in (1.0, 2.0)]
    batch = Batch(arms, Room(2, 7, 5))
    assert batch.layout.devices == 2
    rows, _ = batch(3, n_seeds)
    for i, own in enumerate(arms):
        alone, _ = Batch([own], Room(2, 7, 5))(3, n_seeds)
        assert_identical(rows[METRIC][i], alone[METRIC][0])


def test_same_shapes_per_device_are_the_same_bits(monkeypatch):
    """Four seeds on two devices, and two seeds on one: the same per-device program."""
    two, _ = Batch([arm()], Room(1, 4, 5))(0, 4)
    monkeypatch.setattr(jax, "local_device_count", lambda: 1)
    one, _ = Batch([arm()], Room(1, 2, 5))(0, 2)
    assert_identical(one[METRIC][:, :2], two[METRIC][:, :2])


def test_other_batchings_agree_within_standard_errors(monkeypatch):
    """Side by side instead of one by one, and on other seeds: the same distribution."""
    scenario = arm(curation__voter_weights=[0.45, 0.55])
    one_by_one, _ = Batch([scenario], Room(1, 180, 5))(0, 180)
    side_by_side, _ = Batch([scenario], Room(1, 1280, 5))(180, 180)
    layouts = [Batch([scenario], Room(1, n, 5)).layout.at_once for n in (180, 1280)]
    assert layouts[0] == 1 < layouts[1]
    a, b = (rows[METRIC][0, :, -1] for rows in (one_by_one, side_by_side))
    assert abs(deviations(a - b, 0.0)) < 4
    same, _ = Batch([scenario], Room(1, 1280, 5))(0, 180)
    np.testing.assert_allclose(same[METRIC], one_by_one[METRIC], atol=1e-5)


def test_scalars_packed_in_rows_come_apart_by_name():
    scenario = arm()
    runs = [
        jax.jit(partial(whole_run, n_rounds=3, packed=packed))
        for packed in (True, False)
    ]
    packed, whole = (run(scenario, np.uint32(5)) for run in runs)
    assert_close(packed, whole)
    assert len({np.asarray(x).tobytes() for x in packed[0].values()}) > 1


def test_groups_of_arms_are_told_apart():
    base = spec_of("two-tribes", **SMALL)
    crossed = cross([spec_at(base, p) for p in POINTS], base)
    assert crossed.groups() == [
        [(0, 0), (1, 0), (2, 0)],
        [(0, 1), (1, 1), (2, 1)],
    ]
    assert signature(crossed.scenario(0, 0)) != signature(crossed.scenario(0, 1))


def test_theory_that_fails_an_assumption_says_which():
    spec = spec_of("gaussian-decay", run__rounds=3, run__seeds=2)
    spec = spec_at(spec, {"prediction.kind": "population-map"})
    made = run_unit(Unit("g", "", spec.values, ({},), (0,), (0, 2), (1, 2)))
    assert "not closed under curation" in str(made["broken"].values[0, 0])


def test_other_versions_are_refused_in_one_line():
    unit = dataclasses.replace(unit_of(), versions=(("jax", "0.0.1"),))
    with pytest.raises(UserError, match=r"has jax .*, the sweep was started with 0"):
        run_unit(unit)


def test_a_layout_is_chosen_once_for_all_units(monkeypatch):
    """Choosing it traces a whole run: a sweep of many units would do it again."""
    scenario, room = arm(), Room(1, 3, 7)
    first = Batch([scenario], room).layout
    monkeypatch.setattr(batch, "_layout", lambda *_: pytest.fail("chosen again"))
    assert Batch([scenario], room).layout == first
