"""Metrics that count neighbors are measured, and not predicted from atoms."""

import pytest
from support import prepared_of, result_of

from retrain_sim import metrics
from retrain_sim.predictions.population_map import PopulationMap

SMALL = {
    "metrics__names": ["spread", "knn-entropy", "precision-recall", "nearest-real"],
    "prediction": {"kind": "population-map"},
    "run": {"rounds": 2, "seeds": 2, "atoms": 40},
}
MEASURED = {"diversity/knn_entropy", "fidelity/recall", "memorization/nearest_real"}


@pytest.mark.slow
def test_the_population_map_leaves_out_what_counts_neighbors():
    """An atom of weight 10 is not ten copies of a sample."""
    prepared = prepared_of("gaussian-decay", **SMALL)
    scenario = prepared.arms["gaussian"]
    outlook = PopulationMap()(scenario, prepared.atoms, 2, 2, 0)
    assert set(outlook.rows) == {"collapse/within_group_spread"}


@pytest.mark.slow
def test_it_is_measured_all_the_same():
    result = result_of("gaussian-decay", **SMALL)
    assert set(result.history.data_vars) >= MEASURED
    assert not set(result.prediction.data_vars) & MEASURED
    assert set(result.real) >= MEASURED


@pytest.mark.parametrize("kind", metrics.STATE_KINDS)
def test_only_those_are_left_out(kind):
    left_out = {"knn-entropy", "nearest-real", "precision-recall"}
    cls = metrics.STATE_KINDS[kind]
    assert getattr(cls, "predictable", True) is (kind not in left_out)
