"""The loop: draw, curate, retrain, again. Read this file second.

``scan_rounds`` drives any round-by-round process inside one compiled program;
``retrain_round`` is the step of curated retraining. Both are pure: the host side
(seeds, arms, checkpoints, progress) is ``retrain_sim.simulate``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import (
    Curator,
    Density,
    Diagnosed,
    Enumerable,
    Groups,
    Params,
    Pool,
    Probed,
    Resampler,
    Reward,
    Rows,
    Samples,
    Storing,
    View,
    parts_of,
)
from retrain_sim.rows import deal
from retrain_sim.scenario import Scenario

Step = Callable[[PRNGKeyArray, Any], tuple[Any, Any]]
Observe = Callable[[PRNGKeyArray, Any], Any]


class Track(NamedTuple):
    """A process under way: its state and everything recorded so far.

    ``rows`` has T + 1 rows (row t describes the state after t rounds), ``infos``
    has T rows (row t describes round t + 1). Rows still to come are zero.
    """

    state: Any
    rows: Any
    infos: Any


def _buffer(shape: Any, n: int) -> Any:
    return jax.tree.map(lambda leaf: jnp.zeros((n, *leaf.shape), leaf.dtype), shape)


def _write(buffer: Any, row: Any, at: Array | int) -> Any:
    return jax.tree.map(lambda b, r: b.at[at].set(r), buffer, row)


def _keys(key: PRNGKeyArray, round: Array | int) -> tuple[PRNGKeyArray, PRNGKeyArray]:
    key_step, key_observe = jax.random.split(jax.random.fold_in(key, round))
    return key_step, key_observe


def start_track(
    key: PRNGKeyArray, step: Step, state: Any, n_rounds: int, observe: Observe
) -> Track:
    """Make the track of a process that has run no round yet: row 0 is observed."""
    key_step, key_observe = _keys(key, 0)
    row = observe(key_observe, state)
    info = jax.eval_shape(lambda: step(key_step, state)[1])
    rows = _write(_buffer(jax.eval_shape(lambda: row), n_rounds + 1), row, 0)
    return Track(state, rows, _buffer(info, n_rounds))


def advance_track(
    key: PRNGKeyArray,
    step: Step,
    track: Track,
    observe: Observe,
    first: Array | int,
    last: Array | int,
) -> Track:
    """Run rounds ``first + 1 .. last``; both may be traced.

    Round t uses only ``fold_in(key, t)``, so a track advanced in any number of
    pieces, by the same program, is the same track bit for bit.
    """

    def body(round: Array, track: Track) -> Track:
        key_step, _ = _keys(key, round)
        _, key_observe = _keys(key, round + 1)
        state, info = step(key_step, track.state)
        rows = _write(track.rows, observe(key_observe, state), round + 1)
        return Track(state, rows, _write(track.infos, info, round))

    return jax.lax.fori_loop(first, last, body, track)


def scan_rounds(
    key: PRNGKeyArray, step: Step, state: Any, n_rounds: int, observe: Observe
) -> Track:
    """Iterate ``step`` for ``n_rounds`` rounds and record every round.

    Args:
        key: a PRNG key; round t draws only from ``fold_in(key, t)``.
        step: ``(key, state) -> (state, info)``, one round.
        state: where to start; any pytree of arrays.
        n_rounds: T >= 0, a Python int.
        observe: ``(key, state) -> row``, what to record of each state.

    Returns:
        The track: last state, T + 1 rows and T infos, stacked along axis 0.

    Example:
        >>> import jax
        >>> double = lambda key, x: (2 * x, x)
        >>> track = scan_rounds(jax.random.key(0), double, 1, 3, lambda key, x: x)
        >>> track.rows.tolist(), track.infos.tolist()
        ([1, 2, 4, 8], [1, 2, 4])
    """
    state = jax.tree.map(jnp.asarray, state)
    track = start_track(key, step, state, n_rounds, observe)
    if n_rounds == 0:
        return track
    return advance_track(key, step, track, observe, 0, n_rounds)


class RetrainState(NamedTuple):
    """The model after t rounds, the regime's pool, and candidates drawn from p_t."""

    params: Params
    pool: Pool
    view: View


def look(
    x: Samples,
    weights: Float[Array, " n"],
    rewards: Sequence[Reward],
    groups: Groups,
) -> View:
    """Score and label outcomes."""
    scores = jnp.stack([reward(x) for reward in rewards])
    return View(x, weights, scores, groups(x, scores))


def draw(key: PRNGKeyArray, params: Params, scenario: Scenario) -> View:
    """Draw the candidates of a round from p_t, scored and labelled."""
    n = scenario.curator.n_candidates
    model, regime = scenario.model, scenario.regime
    if isinstance(regime, Resampler):
        model = regime.generator(model)
    x = deal(model.sample(key, params, n))
    return look(x, jnp.ones(n), scenario.rewards, scenario.groups)


def initial_state(key: PRNGKeyArray, scenario: Scenario, n_rounds: int) -> RetrainState:
    """Start at p_0, with its first candidates."""
    n_kept = scenario.curator.n_kept
    # Folded in rather than split off: the candidates do not depend on the regime.
    key_pool = jax.random.fold_in(key, 1)
    pool = scenario.regime.init(key_pool, scenario.real, n_kept, n_rounds)
    params = _with_room(scenario, pool)
    return RetrainState(params, pool, draw(key, params, scenario))


def _with_room(scenario: Scenario, pool: Pool) -> Params:
    """Return p_0, with room for the training sets if the model stores them."""
    model, params, (x, _) = scenario.model, scenario.params, scenario.real
    if not isinstance(model, Storing):
        return params
    n_kept = scenario.curator.n_kept
    kept = (
        jax.ShapeDtypeStruct((n_kept, *x.shape[1:]), x.dtype),
        jax.ShapeDtypeStruct((n_kept,), jnp.float32),
    )
    mix, key = scenario.regime.mix, jax.random.key(0)
    _, (data, _) = jax.eval_shape(mix, key, pool, kept, scenario.real)
    return model.reserve(params, data.shape[0])


def density(state: RetrainState, scenario: Scenario) -> Float[Array, " n"] | None:
    """Return log p_t of the candidates, where curation reads it."""
    if not isinstance(scenario.model, Density) or not reads_density(scenario.curator):
        return None
    return scenario.model.log_prob(state.params, state.view.x)


def reads_density(curator: Curator) -> bool:
    """Tell whether a rule scores candidates by their probability, too."""
    parts = parts_of(curator)
    return any(getattr(made, "needs_log_prob", False) for _, made in parts)


def retrain_round(
    key: PRNGKeyArray, state: RetrainState, scenario: Scenario
) -> tuple[RetrainState, Rows]:
    """Curate the candidates, retrain on what was kept, draw the next candidates.

    One round of Falahati, Mohammadi Amiri, Larson, Golab, "Curated Synthetic Data
    Doesn't Have to Collapse" (ICML 2026, arXiv 2605.07724), section 2.

    Args:
        key: a PRNG key.
        state: the model p_t, the pool, and the candidates drawn from p_t.
        scenario: all components and their arrays.

    Returns:
        The state of p_{t+1}, and the metrics of this round's curation and retraining.
    """
    key_curate, key_mix, key_fit, key_sample = jax.random.split(key, 4)
    log_prob = density(state, scenario)
    selection = scenario.curator.select(key_curate, state.view, log_prob)
    kept = (state.view.x[selection.index], state.view.weights[selection.index])
    pool, (data, weights) = scenario.regime.mix(
        key_mix, state.pool, kept, scenario.real
    )
    params = scenario.model.fit(key_fit, state.params, data, weights)
    view = draw(key_sample, params, scenario)
    trained = (selection.index >= 0).all() & (weights.sum() > 0)
    info: Rows = {"run/trained": trained * 1.0}
    for metric in scenario.selection_metrics:
        info |= metric(state.view, selection, scenario.frame)
    for metric in scenario.fit_metrics:
        info |= metric((data, weights), view, scenario.frame)
    return RetrainState(params, pool, view), info


def measured_view(state: RetrainState, scenario: Scenario) -> View:
    """Take what p_t is measured on: all outcomes if listed, probes, or candidates."""
    if isinstance(scenario.model, Enumerable):
        x, weights = scenario.model.support(state.params)
    elif isinstance(scenario.model, Probed):
        x, weights = scenario.model.probe(state.params)
    else:
        return state.view
    return look(x, weights, scenario.rewards, scenario.groups)


def all_finite(tree: Any) -> Array:
    """Tell whether every number of a pytree is finite."""
    # By their sum, which takes no time beside a test of each; it is infinite also where
    # finite numbers add up to more than a float32 holds.
    floats = [x for x in jax.tree.leaves(tree) if jnp.issubdtype(x.dtype, jnp.floating)]
    sums = [x.sum(dtype=jnp.promote_types(x.dtype, jnp.float32)) for x in floats]
    return jnp.isfinite(jnp.array(sums)).all()


def observe_metrics(
    key: PRNGKeyArray, state: RetrainState, scenario: Scenario, n_shown: int
) -> tuple[Rows, Samples]:
    """Measure p_t: every metric, whether all is finite, and samples to look at."""
    view = measured_view(state, scenario)
    rows: Rows = {"run/finite": all_finite((state.params, state.view)) * 1.0}
    for i, metric in enumerate(scenario.metrics):
        rows |= metric(jax.random.fold_in(key, i), view, scenario.frame)
    if isinstance(scenario.model, Diagnosed):
        rows |= scenario.model.diagnostics(state.params)
    return rows, state.view.x[:n_shown]
