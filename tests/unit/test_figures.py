"""Every figure of every ready scenario: drawn, named, with finite axes."""

import math

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from support import READY, quick_limits, ready_result, result_of, slow

from retrain_sim import scenario_names
from retrain_sim.captions import caption
from retrain_sim.figures import FIGURES
from retrain_sim.plotting import label_of

matplotlib.use("Agg")

SHOWN = {
    "coin-drift": {"headline", "shares", "metrics"},
    "compromise": {"headline", "shares", "decomposition", "bargain", "metrics"},
    "condorcet": {"headline", "shares", "decomposition", "bargain", "metrics"},
    "digits": set(FIGURES),
    "gaussian-decay": {"headline", "samples", "metrics"},
    "two-tribes": {"headline", "shares", "decomposition", "bargain", "metrics"},
}

LONG = {"condorcet", "digits"}
"""To run them takes long: large pools, and a network."""

scenarios = pytest.mark.parametrize(
    "scenario", [slow(s) if s in LONG else s for s in SHOWN]
)
drawn = pytest.mark.parametrize(
    ("scenario", "name"),
    [slow(s, n) if s in LONG else (s, n) for s in SHOWN for n in sorted(SHOWN[s])],
)
quick = pytest.fixture(autouse=True, scope="module")(quick_limits)


def test_every_ready_scenario_is_drawn():
    assert set(SHOWN) == set(READY) == set(scenario_names())


@scenarios
def test_a_figure_is_left_out_where_there_is_nothing_to_show(scenario):
    found = {name for name in FIGURES if FIGURES[name](ready_result(scenario))}
    assert found == SHOWN[scenario]


@drawn
def test_axes_are_finite_and_hold_something(scenario, name):
    figure = FIGURES[name](ready_result(scenario))
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    axes = [ax for ax in figure.axes if ax.get_visible()]
    assert axes
    for ax in axes:
        limits = [*ax.get_xlim(), *ax.get_ylim()]
        assert all(map(math.isfinite, limits))
        assert ax.has_data()
        for line in ax.lines:
            assert np.isfinite(line.get_ydata()).any() or not len(line.get_ydata())


@drawn
def test_a_caption_says_what_why_and_what_next(scenario, name):
    found = caption(name, ready_result(scenario))
    for sentence in found[:3]:
        assert sentence.strip().endswith(".")
        assert "nan" not in sentence.split()
    assert found.command.startswith("retrain-sim run ")
    assert "nan" not in found.command


@scenarios
def test_the_headline_is_labelled_and_names_every_arm(scenario):
    found = ready_result(scenario)
    (ax,) = FIGURES["headline"](found).axes
    assert ax.get_ylabel() == label_of(found.headline)
    assert ax.get_xlabel() == "round"
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert set(found.arms) <= set(legend)


def test_theory_is_drawn_beside_the_simulation():
    found = ready_result("two-tribes")
    (ax,) = FIGURES["headline"](found).axes
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    expected = found.prediction[found.headline].sel(arm="K = 2").values
    assert any(np.array_equal(line.get_ydata(), expected) for line in dashed)


def test_a_single_seed_and_round_are_drawn_too():
    found = result_of("coin-drift", run__rounds=1, run__seeds=1)
    for draw in FIGURES.values():
        figure = draw(found)
        if figure:
            figure.draw_without_rendering()
