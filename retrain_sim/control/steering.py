"""Steering curated retraining: the entropy of the groups held by any number in it.

The same controllers that turn a policy gradient's knob turn the share of real data
(``regime.real_share``) or the strength of a curation rule (``curator.score.zeta``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.scipy.special import xlogy
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Rows
from retrain_sim.control.base import Control, Controller
from retrain_sim.loop import (
    RetrainState,
    Track,
    initial_state,
    measured_view,
    retrain_round,
    scan_rounds,
)
from retrain_sim.metrics.shares import group_shares
from retrain_sim.scenario import Scenario


class Steered(NamedTuple):
    """A loop of retraining, and the controller that turns one of its numbers."""

    state: RetrainState
    control: Control


def group_entropy(state: RetrainState, scenario: Scenario) -> Float[Array, ""]:
    """Return the entropy of the group shares of p_t, in nats."""
    view = measured_view(state, scenario)
    shares = group_shares(view, len(scenario.frame.group_names))
    return -xlogy(shares, shares).sum()


def steer(
    key: PRNGKeyArray,
    scenario: Scenario,
    controller: Controller,
    knob: str,
    n_rounds: int,
) -> Track:
    """Retrain under a controller that holds the entropy of the groups.

    Args:
        key: a PRNG key.
        scenario: the loop, from ``prepare``; its own setting of the knob is the first.
        controller: turns the knob once per round.
        knob: a dotted path to a float of the scenario, as ``regime.real_share``.
        n_rounds: T.

    Returns:
        The track: rows ``control/entropy`` [T + 1], infos ``control/knob`` [T].

    Example:
        >>> from retrain_sim import load_spec, prepare
        >>> from retrain_sim.control import Integral
        >>> from retrain_sim.control.targets import Held
        >>> settings = {"regime.kind": "real-share"}
        >>> spec = load_spec("two-tribes", settings)
        >>> tribes = prepare(spec).arms["K = 2"]
        >>> hold = Integral(Held(0.8), gain=0.3, least=0.0)
        >>> path = "regime.real_share"
        >>> track = steer(jax.random.key(0), tribes, hold, path, 40)
        >>> round(float(track.rows["control/entropy"][-1] / jnp.log(2)), 2)
        0.8
    """
    key_start, key_rounds = jax.random.split(key)
    state = initial_state(key_start, scenario, n_rounds)
    setting: Any = scenario
    for name in knob.split("."):
        setting = getattr(setting, name)
    value = jnp.asarray(setting, jnp.float32)
    control = controller.init(value, group_entropy(state, scenario))

    def step(key: PRNGKeyArray, steered: Steered) -> tuple[Steered, Rows]:
        turned = scenario.at(knob, steered.control.value)
        state, _ = retrain_round(key, steered.state, turned)
        control = controller.update(steered.control, group_entropy(state, scenario))
        return Steered(state, control), {"control/knob": steered.control.value}

    def observe(key: PRNGKeyArray, steered: Steered) -> Rows:
        return {"control/entropy": group_entropy(steered.state, scenario)}

    return scan_rounds(key_rounds, step, Steered(state, control), n_rounds, observe)
