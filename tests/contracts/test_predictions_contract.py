"""Every prediction: values of measured metrics at rounds 0 .. T, and an audit."""

import numpy as np
import pytest
from component_cases import PREDICTIONS
from contract import every
from support import prepared_of

from retrain_sim.registry import kinds
from retrain_sim.runner import predict

pytestmark = pytest.mark.parametrize("name", every(PREDICTIONS))
ROUNDS = 3


def prepared(name):
    return prepared_of(name, run__rounds=ROUNDS, run__seeds=2)


def outlooks(name):
    return predict(prepared(name))[0]


def test_measured_metrics_at_every_round(name):
    for outlook in outlooks(name).values():
        assert outlook.rows
        assert set(outlook.rows) <= set(prepared(name).real)
        for values in outlook.rows.values():
            assert values.shape == (ROUNDS + 1,)
            assert np.isfinite(values).all()


def test_the_headline_metric_is_predicted(name):
    for outlook in outlooks(name).values():
        assert prepared(name).spec.headline.metric in outlook.rows


def test_errors_and_stages_have_the_same_rounds(name):
    for outlook in outlooks(name).values():
        assert set(outlook.se) <= set(outlook.rows)
        tables = [outlook.se, *outlook.stages.values()]
        for values in (v for table in tables for v in table.values()):
            assert values.shape == (ROUNDS + 1,)


def test_predicting_twice_gives_the_same(name):
    first, second = outlooks(name), outlooks(name)
    for arm in first:
        for metric, values in first[arm].rows.items():
            np.testing.assert_array_equal(values, second[arm].rows[metric])


def test_every_assumption_is_named_and_audited(name):
    for audit in predict(prepared(name))[1].values():
        assert audit
        texts = [assumption.text for assumption in audit]
        assert len(set(texts)) == len(texts)
        assert all(texts)
        assert {assumption.holds for assumption in audit} <= {True, False, None}


def test_the_assumptions_hold_where_it_is_at_home(name):
    for audit in predict(prepared(name))[1].values():
        assert all(assumption.holds is not False for assumption in audit)


def test_it_says_why_in_one_sentence(name):
    kind = prepared(name).spec.values["prediction"]["kind"]
    assert kinds("prediction")[kind].because.strip().endswith(".")
