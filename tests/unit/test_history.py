"""What was recorded, with named dimensions; and through a file unchanged."""

import numpy as np
import pytest
import xarray as xr
from support import prepared_of, result_of

from retrain_sim.datasets import open_dataset, save_dataset
from retrain_sim.history import realized_update, to_history, to_prediction
from retrain_sim.predictions.base import Outlook
from retrain_sim.runner import predict
from retrain_sim.simulate import Simulation

SMALL = {
    "run__rounds": 3,
    "run__seeds": 2,
    "run__seed": 7,
    "curation__n_candidates": 300,
    "curation__n_kept": 300,
}


@pytest.fixture(scope="module")
def prepared():
    return prepared_of("two-tribes", **SMALL)


@pytest.fixture(scope="module")
def history(prepared):
    return to_history(Simulation(prepared).run(), prepared)


def through_netcdf(data, folder):
    path = folder / "history.nc"
    save_dataset(path, data)
    return open_dataset(path)


def test_dimensions_are_arm_seed_and_round_or_step(history):
    assert dict(history.sizes) == {
        "arm": 2,
        "seed": 2,
        "round": 4,
        "step": 3,
        "shown": 64,
    }
    assert history["collapse/class_entropy"].dims == ("arm", "seed", "round")
    assert history["selection/leakage"].dims == ("arm", "seed", "step")
    assert history["samples"].dims == ("arm", "seed", "round", "shown")


def test_coordinates_say_which_arm_seed_and_round(history):
    assert history["arm"].values.tolist() == ["K = 2", "K = 8"]
    assert history["seed"].values.tolist() == [7, 8]
    assert history["round"].values.tolist() == [0, 1, 2, 3]
    assert history["step"].values.tolist() == [1, 2, 3]


def test_the_mean_reward_is_weighted_by_the_voters(history):
    expected = (
        0.3 * history["reward/minority/mean"] + 0.7 * history["reward/majority/mean"]
    )
    np.testing.assert_allclose(history["reward/mean"], expected, rtol=1e-6)


def test_an_ideal_fit_realizes_the_whole_update(history):
    """The frequencies of what was kept are the next model."""
    assert history["update/realized"].dims == ("arm", "seed")
    np.testing.assert_allclose(history["update/realized"], 1, rtol=1e-5)


def test_a_history_survives_a_file(history, tmp_path):
    xr.testing.assert_identical(through_netcdf(history, tmp_path), history)


def test_a_prediction_survives_a_file(prepared, tmp_path):
    prediction = to_prediction(predict(prepared)[0], prepared)
    xr.testing.assert_identical(through_netcdf(prediction, tmp_path), prediction)


NAMES = ["a/b", "v1.0", "a.b/c.d", "x", "per cent %2F", "größe", "数字", "_", "a b"]


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_of_any_name_survives_a_file(name, tmp_path):
    """Groups and rewards are named by the user."""
    values = ("round", np.arange(3.0))
    data = xr.Dataset({f"share/{name}": values, f"reward/{name}/mean": values})
    xr.testing.assert_identical(through_netcdf(data, tmp_path), data)


def test_an_arm_of_any_name_survives_a_file(tmp_path):
    data = xr.Dataset({"m": ("arm", np.arange(len(NAMES)))}, {"arm": NAMES})
    xr.testing.assert_identical(through_netcdf(data, tmp_path), data)


def test_stages_and_errors_of_a_prediction_have_names_of_their_own(prepared):
    path = np.arange(4.0)
    outlook = Outlook(
        {"collapse/class_entropy": path},
        {"collapse/class_entropy": 0 * path},
        {"finite K": {"collapse/class_entropy": 2 * path}},
        path + 1,
    )
    empty = Outlook({}, {}, {}, None)
    made = to_prediction({"K = 2": outlook, "K = 8": empty}, prepared)
    assert set(map(str, made)) == {
        "collapse/class_entropy",
        "se/collapse/class_entropy",
        "finite K/collapse/class_entropy",
        "ess",
    }
    np.testing.assert_array_equal(made["ess"].sel(arm="K = 2"), path + 1)
    assert np.isnan(made["ess"].sel(arm="K = 8")).all()


# The realized share of the ideal update


def moves(start, ideals, realized):
    """Shares that follow a share of every ideal move."""
    shares, kept = [np.asarray(start)], []
    for ideal in ideals:
        kept.append(np.asarray(ideal))
        shares.append(shares[-1] + realized * (kept[-1] - shares[-1]))
    return np.array([shares]), np.array([kept])


IDEALS = [[0.8, 0.2], [0.9, 0.1], [0.7, 0.3]]


@pytest.mark.parametrize("realized", [0.0, 0.3, 1.0, 1.5])
def test_the_realized_update_is_the_slope_of_the_moves(realized):
    shares, kept = moves([0.5, 0.5], IDEALS, realized)
    found = realized_update(shares, kept, np.array([0.5, 0.5]), 0.0)
    assert found == pytest.approx([realized], abs=1e-12)


def test_real_data_are_part_of_the_ideal_update():
    real, share = np.array([0.1, 0.9]), 0.25
    mixed = [(1 - share) * np.asarray(i) + share * real for i in IDEALS]
    shares, _ = moves([0.5, 0.5], mixed, 0.4)
    found = realized_update(shares, np.array([IDEALS]), real, share)
    assert found == pytest.approx([0.4], abs=1e-12)


def test_where_nothing_should_move_nothing_is_realized():
    shares, kept = moves([0.5, 0.5], [[0.5, 0.5], [0.51, 0.49]], 1.0)
    assert np.isnan(realized_update(shares, kept, np.array([0.5, 0.5]), 0.0)).all()


def test_without_kept_shares_no_update_is_measured():
    assert "update/realized" not in result_of("coin-drift").history
