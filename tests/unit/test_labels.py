"""Words and numbers for people."""

import math

import numpy as np
import pytest

from retrain_sim.plotting import label_of, spread_out, tile
from retrain_sim.tables import number, percent


@pytest.mark.parametrize(
    ("metric", "label"),
    [
        ("collapse/class_entropy", "class entropy (nats)"),
        ("collapse/kl_to_uniform", "kl to uniform (nats)"),
        ("collapse/within_group_spread", "within group spread"),
        ("quality/sliced_wasserstein", "sliced wasserstein"),
        ("reward/mean", "mean reward"),
        ("reward/zero/mean", "reward zero: mean"),
        ("reward/a/b/variance", "reward a/b: variance"),
        ("share/minority's", "share of minority's"),
        ("share/mean", "share of mean"),
        ("share/a/b", "share of a/b"),
    ],
)
def test_a_metric_is_written_for_an_axis(metric, label):
    assert label_of(metric) == label


@pytest.mark.parametrize(
    "heights", [[], [0.5], [0.5, 0.5], [0.9, 0.0], [0.1, 0.12, 0.11, 0.8], [0.0] * 8]
)
def test_labels_are_spread_until_they_are_apart(heights):
    found = spread_out(heights, least=0.07)
    assert len(found) == len(heights)
    assert (np.diff(np.sort(found)) >= 0.07 - 1e-9).all()
    by_height = np.argsort(heights, kind="stable")
    assert (np.diff(np.asarray(found)[by_height]) > 0).all()


def test_labels_that_are_apart_stay_where_they_are():
    assert spread_out([0.9, 0.0, 0.5]) == [0.9, 0.0, 0.5]


def test_labels_move_around_where_they_were():
    assert np.mean(spread_out([0.5, 0.5, 0.5, 0.5])) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("n", [1, 3, 4, 10, 50])
def test_images_are_laid_out_as_a_square(n):
    images = np.arange(n * 6.0).reshape(n, 6)
    side = math.isqrt(min(n, 36))
    found = tile(images, (2, 3))
    assert found.shape == (3 * side + 1, 4 * side + 1)
    np.testing.assert_array_equal(found[1:3, 1:4], images[0].reshape(2, 3))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.69314, "0.693"),
        (0.0, "0.000"),
        (12.345, "12.3"),
        (1234.5, "1234"),
        (math.nan, "-"),
        (math.inf, "-"),
    ],
)
def test_a_number_has_sensible_digits(value, text):
    assert number(value) == text


def test_a_share_is_a_percentage():
    assert (percent(0.254), percent(1.0), percent(math.nan)) == ("25 %", "100 %", "-")
