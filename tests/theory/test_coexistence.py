"""Invasion criteria against the iterated map, on both sides of every threshold."""

import math
import re

import numpy as np
import pytest
from support import slow

from retrain_sim.theory import (
    coexistence_threshold,
    critical_slate_size,
    invasion_rates,
    limit,
    population_round,
    two_plateau_round,
    two_stage_invasion,
)

LEAKAGES = [(0.0, 0.0), (0.1, 0.1), (0.02, 0.5), (0.7, 0.3)]
SIZES = [3, 4, 10, 1000, math.inf]


def iterated(q, slate_size, leakages, start, n_rounds=500):
    a = start
    for _ in range(n_rounds):
        a = two_plateau_round(a, q, slate_size, *leakages)
    return a


# Two types


@pytest.mark.parametrize("slate_size", SIZES)
@pytest.mark.parametrize("leakages", LEAKAGES)
def test_the_threshold_is_where_the_slope_at_the_ends_is_one(slate_size, leakages):
    low, high = coexistence_threshold(slate_size, *leakages)
    assert low < high
    h = 1e-7
    if low > 0:
        slope = two_plateau_round(h, low, slate_size, *leakages) / h
        assert slope == pytest.approx(1.0, rel=1e-4, abs=0)
    if high < 1:
        slope = (1 - two_plateau_round(1 - h, high, slate_size, *leakages)) / h
        assert slope == pytest.approx(1.0, rel=1e-4, abs=0)


@pytest.mark.parametrize("slate_size", [3, 8])
@pytest.mark.parametrize("leakages", LEAKAGES)
def test_both_types_survive_exactly_between_the_thresholds(slate_size, leakages):
    low, high = coexistence_threshold(slate_size, *leakages)
    for q, survive in ((low - 0.02, 0), (low + 0.02, 1), (high - 0.02, 1)):
        for start in (0.02, 0.98):  # no bistability
            a = iterated(q, slate_size, leakages, start)
            assert (1e-3 < a < 1 - 1e-3) == survive
    assert iterated(high + 0.02, slate_size, leakages, 0.5) > 1 - 1e-3


@pytest.mark.parametrize("leakages", LEAKAGES)
def test_slates_of_two_let_the_louder_type_take_all(leakages):
    """The sign of q (sigma(D1) - 1/2) - (1 - q) (sigma(D2) - 1/2) decides."""
    low, high = coexistence_threshold(2, *leakages)
    loud_1, loud_2 = (1 / (1 + k) - 0.5 for k in leakages)
    assert low == pytest.approx(loud_2 / (loud_1 + loud_2), rel=1e-14, abs=0)
    assert high == pytest.approx(low, rel=1e-14, abs=0)


def test_leakage_can_lose_a_weight_that_the_limit_keeps():
    """The published interval is for infinite slates: k = e^-4, q = 0.3."""
    k = math.exp(-4.0)
    for slate_size, survives in ((2, 0), (3, 0), (4, 1), (math.inf, 1)):
        low, high = coexistence_threshold(slate_size, k, k)
        assert (low < 0.3 < high) == survives
        assert (iterated(0.3, slate_size, (k, k), 0.5) > 1e-3) == survives


def test_rates_equal_the_formula_of_two_types_with_any_leakage():
    q, k_1, k_2, slate_size = 0.3, 0.2, 0.4, 5
    rewards = np.log([[1.0, k_1], [k_2, 1.0]])
    rate = invasion_rates([0.0, 1.0], rewards, [q, 1 - q], slate_size)[0]
    expected = slate_size * (q / (1 + 4 * k_1) + (1 - q) * k_2 / (k_2 + 4))
    assert rate == pytest.approx(expected, rel=1e-13, abs=0)


# Many voters


def test_rates_equal_the_formula_of_hard_separation():
    weights, slate_size = np.array([0.2, 0.3, 0.5]), 4
    residents = np.array([0.0, 0.35, 0.65])
    rates = invasion_rates(residents, 60.0 * np.eye(3), weights, slate_size)
    lost = (1 - residents) ** (slate_size - 1)
    expected = slate_size * weights[0] + weights[1:] @ lost[1:]
    assert rates[0] == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize(
    ("weights", "leakage"),
    [
        ([0.8, 0.2], 0.0),
        ([0.55, 0.45], 0.0),
        ([0.7, 0.3], 0.2),
        ([0.7, 0.3], [0.05, 0.2]),
        ([0.45, 0.3, 0.25], [0.1, 0.2, 0.05]),
        slow([0.4, 0.3, 0.2, 0.1], 0.0),
    ],
)
def test_every_type_survives_from_the_critical_slate_size_on(weights, leakage):
    m = len(weights)
    k = np.broadcast_to(leakage, m)
    gaps = np.where(k > 0, -np.log(np.maximum(k, 1e-300)), 100.0)
    critical = critical_slate_size(weights, gaps)
    rewards = np.diag(gaps)
    start = np.full(m, 1 / m)
    for slate_size, survive in (
        (critical - 1, False),
        (critical, True),
        (2 * critical, True),
    ):
        end = limit(start, rewards, weights, slate_size, max_rounds=1500).probs
        assert (end.min() > 2e-3) == survive, slate_size


def test_two_types_need_the_slate_of_their_threshold():
    for q, k_1, k_2 in ((0.2, 0.0, 0.0), (0.3, 0.1, 0.2), (0.6, 0.4, 0.05)):
        sizes = range(2, 200)
        inside = [
            low < q < high
            for low, high in (coexistence_threshold(size, k_1, k_2) for size in sizes)
        ]
        expected = sizes[inside.index(True)]
        gaps = [-math.log(k) if k else math.inf for k in (k_1, k_2)]
        assert critical_slate_size([q, 1 - q], gaps) == expected


def test_more_voters_survive_at_smaller_slates_than_one_over_their_weight():
    assert critical_slate_size(np.full(5, 0.2)) == 3
    assert critical_slate_size([0.9, 0.1]) == 11
    assert critical_slate_size([0.8, 0.2], -math.log(0.3)) == math.inf
    assert critical_slate_size([0.8, 0.2], -9 * math.log(0.3), 9.0) == math.inf


# Two stages


@pytest.mark.parametrize("slates", [(2, 3), (8, 2), (math.inf, 5), (1, math.inf)])
def test_two_stages_multiply_their_growth(slates):
    gaps = np.array([[-1.0, 2.0], [0.5, 0.3], [-3.0, -2.0]])
    for owner_gap, public_gap in gaps:
        rare = 1e-9
        kept = population_round([rare, 1 - rare], [[owner_gap, 0]], [1.0], slates[0])
        kept = population_round(kept, [[public_gap, 0]], [1.0], slates[1])
        rate = two_stage_invasion(owner_gap, public_gap, *slates)
        assert kept[0] / rare == pytest.approx(rate, rel=1e-6, abs=0)
    rates = two_stage_invasion(gaps[:, 0], gaps[:, 1], *slates)
    assert rates.shape == (3,)


def two_stages(owner, public, slates, n_rounds=300):
    p = np.full(len(owner), 1 / len(owner))
    for _ in range(n_rounds):
        p = population_round(p, [owner], [1.0], slates[0])
        p = population_round(p, [public], [1.0], slates[1])
    return p


@pytest.mark.parametrize(
    ("slates", "winner"), [((math.inf, math.inf), 1), ((4, 4), 1), ((8, 2), 0)]
)
def test_who_sets_the_support_depends_on_the_pools(slates, winner):
    owner, public = [1.0, 0.0, 0.2], [0.0, 2.0, 1.0]
    end = two_stages(owner, public, slates)
    assert end[winner] > 0.999
    for other in {0, 1, 2} - {winner}:
        gaps = owner[other] - owner[winner], public[other] - public[winner]
        assert two_stage_invasion(*gaps, *slates) < 1.0


def test_two_resistant_types_end_where_they_start():
    gaps, slates = (1.4, -1.5), (4, 4)
    rates = (
        two_stage_invasion(*gaps, *slates),
        two_stage_invasion(*(-gap for gap in gaps), *slates),
    )
    assert max(rates) < 1.0
    for rare in (0.01, 0.99):
        p = [rare, 1 - rare]
        for _ in range(200):
            p = population_round(p, [[gaps[0], 0.0]], [1.0], slates[0])
            p = population_round(p, [[gaps[1], 0.0]], [1.0], slates[1])
        assert abs(p[0] - round(rare)) < 1e-3


def test_the_owner_decides_where_its_factor_is_below_one_over_m():
    gap = -math.log(5.0) - 1e-9
    for public_gap in (0.0, 10.0, 1e5):
        assert two_stage_invasion(gap, public_gap, math.inf, 5) < 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coexistence_threshold(1), "slate_size is 1, allowed >= 2"),
        (lambda: coexistence_threshold(2, 1.0), "leakage_1 contains 1.0"),
        (lambda: coexistence_threshold(2.5), "slate_size is 2.5"),
        (lambda: critical_slate_size([1.0]), "allowed two or more, all > 0"),
        (lambda: critical_slate_size([1.0, 0.0]), "allowed two or more, all > 0"),
        (lambda: critical_slate_size([0.5, 0.5], 0.0), "gaps is 0.0"),
        (lambda: critical_slate_size([0.5, 0.5], math.nan), "gaps is nan"),
        (lambda: critical_slate_size([0.5, 0.5], [0.1]), "gaps has shape (1,)"),
        (lambda: two_stage_invasion(math.nan, 0.0, 2, 2), "owner_gap contains nan"),
        (lambda: two_stage_invasion(0.0, 0.0, 2, 0), "slate_size is 0"),
        (lambda: two_stage_invasion(0.0, 0.0, 2, 2, 0.0), "temperature contains 0.0"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        call()
    assert "\n" not in str(caught.value)
