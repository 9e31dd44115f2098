"""Every metric: named scalars of a weighted view, or of one act of curation."""

import jax
import jax.numpy as jnp
import pytest
from component_cases import (
    FIT_METRICS,
    FRAME,
    SELECTION,
    SELECTION_METRICS,
    STATE_METRICS,
    VECTORS,
    VIEW,
    N,
)
from contract import (
    assert_finite,
    assert_jit_agrees,
    assert_one_trace,
    assert_vmap_agrees,
    every,
)
from support import assert_close, assert_identical

from retrain_sim import metrics

state = pytest.mark.parametrize("case", every(STATE_METRICS))
selection = pytest.mark.parametrize("metric", every(SELECTION_METRICS))
fit = pytest.mark.parametrize("metric", every(FIT_METRICS))
TRAINED = (2 * VECTORS[:9], jnp.linspace(1.0, 3.0, 9))

SIZE_MATTERS = {
    metrics.KnnEntropy: "psi(n) - psi(k), and the k-th neighbor is counted by weight",
    metrics.Mmd: "the pairs of a sample with itself are taken out: n / (n - 1)",
    metrics.PrecisionRecall: "the k-th neighbor is counted by weight",
}
"""Metrics to which a weight of three is three samples, and why."""


def of(case):
    """Return the metric, a view of the kind that it measures, and a frame."""
    if case.x.ndim == 2:
        return case.metric, VIEW, FRAME
    view = VIEW._replace(x=case.x)
    return case.metric, view, FRAME.replace(reference=view)


@jax.jit
def measure(metric, key, view, frame):
    return metric(key, view, frame)


@jax.jit
def measure_weights(metric, weights, key, view, frame):
    return metric(key, view._replace(weights=weights), frame)


@jax.jit
def judge(metric, selection, view):
    return metric(view, selection, FRAME)


@jax.jit
def follow(metric, data, view):
    return metric(data, view, FRAME)


def padded(view):
    """Append rows of weight zero that hold garbage, ten times as far out."""
    return view._replace(
        x=jnp.concatenate([view.x, 10 + jnp.zeros_like(view.x)]),
        weights=jnp.concatenate([view.weights, jnp.zeros(N)]),
        rewards=jnp.concatenate([view.rewards, 10 + 0 * view.rewards], axis=1),
        groups=jnp.concatenate([view.groups, jnp.zeros_like(view.groups)]),
    )


def assert_named_scalars(rows):
    assert rows
    for name, value in rows.items():
        assert name.count("/") >= 1
        assert value.shape == ()
        assert value.dtype == jnp.float32
    assert_finite(rows)


@state
def test_state_metrics_are_named_finite_scalars(case, key):
    metric, view, frame = of(case)
    assert_named_scalars(measure(metric, key, view, frame))


@state
def test_state_metrics_of_a_single_outcome_are_finite(case, key):
    """All the weight on one of the outcomes, as large as one sample or as all."""
    metric, view, frame = of(case)
    for weight in (1.0, float(N)):
        weights = weight * jnp.eye(N)[3]
        assert_finite(measure_weights(metric, weights, key, view, frame))


@state
def test_same_key_same_value(case, key):
    metric, view, frame = of(case)
    first = measure(metric, key, view, frame)
    assert_identical(first, measure(metric, key, view, frame))


@state
def test_compiled_equals_eager(case, key):
    metric, view, frame = of(case)
    assert_jit_agrees(measure, metric, key, view, frame)


@state
def test_mapped_over_weights_equals_one_by_one(case, key):
    """This is how the same metric predicts itself on the atoms."""
    metric, view, frame = of(case)
    weights = jnp.stack([VIEW.weights, VIEW.weights[::-1], jnp.eye(N)[0]])
    assert_vmap_agrees(measure_weights, metric, weights, key, view, frame)


@state
def test_one_trace_while_floats_are_swept(case, key):
    metric, view, frame = of(case)
    assert_one_trace(measure.__wrapped__, metric, key, view, frame)


@state
def test_absent_rows_change_nothing(case, key):
    metric, view, frame = of(case)
    found = measure(metric, key, padded(view), frame)
    assert_close(found, measure(metric, key, view, frame))


@state
def test_absent_reference_rows_change_nothing(case, key):
    metric, view, frame = of(case)
    more = frame.replace(reference=padded(frame.reference))
    found = measure(metric, key, view, more)
    assert_close(found, measure(metric, key, view, frame))


@state
def test_only_relative_weights_matter(case, key):
    """Or the size does, and then it changes something."""
    metric, view, frame = of(case)
    tripled = view._replace(weights=3 * view.weights)
    found = measure(metric, key, tripled, frame)
    expected = measure(metric, key, view, frame)
    if size_matters(metric):
        with pytest.raises(AssertionError):
            assert_close(found, expected)
    else:
        assert_close(found, expected)


def size_matters(metric):
    return type(metric) in SIZE_MATTERS or getattr(metric, "ddof", 0)


@state
def test_a_weight_of_two_is_the_row_twice(case, key):
    metric, view, frame = of(case)
    whole = view._replace(weights=jnp.full(N, 2.0))
    twice = jax.tree.map(lambda a: jnp.concatenate([a, a], axis=-1), view)
    twice = twice._replace(x=jnp.concatenate([view.x, view.x]), weights=jnp.ones(2 * N))
    found = measure(metric, key, twice, frame)
    assert_close(found, measure(metric, key, whole, frame))


@selection
def test_selection_metrics_are_named_shares(metric):
    rows = judge(metric, SELECTION, VIEW)
    assert_named_scalars(rows)
    for value in rows.values():
        assert 0 <= float(value) <= 1


@selection
def test_compiled_selection_metric_equals_eager(metric):
    assert_jit_agrees(judge, metric, SELECTION, VIEW)


@selection
def test_mapped_selection_metric_equals_one_by_one(metric):
    batch = jax.tree.map(lambda a: jnp.stack([a, a[::-1]]), SELECTION)
    assert_vmap_agrees(judge, metric, batch, VIEW)


@selection
def test_candidates_that_were_not_kept_change_no_selection_metric(metric):
    found = judge(metric, SELECTION, padded(VIEW))
    assert_close(found, judge(metric, SELECTION, VIEW))


@selection
def test_the_order_of_what_was_kept_does_not_matter(metric):
    reverse = jax.tree.map(lambda a: a[::-1], SELECTION)
    found = judge(metric, reverse, VIEW)
    assert_close(found, judge(metric, SELECTION, VIEW))


@fit
def test_fit_metrics_are_named_finite_scalars(metric):
    assert_named_scalars(follow(metric, TRAINED, VIEW))


@fit
def test_fit_metrics_of_one_trained_row_are_finite(metric):
    x, _ = TRAINED
    assert_finite(follow(metric, (x, 3 * jnp.eye(9)[2]), VIEW))


@fit
def test_compiled_fit_metric_equals_eager(metric):
    assert_jit_agrees(follow, metric, TRAINED, VIEW)


@fit
def test_mapped_fit_metric_equals_one_by_one(metric):
    batch = jax.tree.map(lambda a: jnp.stack([a, a[::-1]]), TRAINED)
    assert_vmap_agrees(follow, metric, batch, VIEW)


@fit
def test_absent_rows_change_no_fit_metric(metric):
    x, weights = TRAINED
    more = (jnp.concatenate([x, VIEW.x]), jnp.concatenate([weights, jnp.zeros(N)]))
    found = follow(metric, more, padded(VIEW))
    assert_close(found, follow(metric, TRAINED, VIEW))


@fit
def test_a_weight_of_two_is_the_trained_row_twice(metric):
    x, _ = TRAINED
    twice = (jnp.concatenate([x, x]), jnp.ones(18))
    found = follow(metric, twice, VIEW)
    assert_close(found, follow(metric, (x, jnp.full(9, 2.0)), VIEW))
