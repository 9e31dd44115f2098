"""The policies under test, and many steps of each."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from retrain_sim.keys import key_for
from retrain_sim.policy.entropy_audit import StepAudit, audit_step
from retrain_sim.policy.policies import Linear, Mlp, Tabular, Transformer

V = 16
LENGTH = 4
STEP = 1e-3


class Case(NamedTuple):
    """A policy, and how many places of how many rollouts are its states."""

    policy: Any
    rollouts: int
    length: int


def cases() -> dict[str, Case]:
    """List policies, each in a single state and in many that share parameters."""
    sizes: dict[str, Any] = {"n_actions": V, "length": LENGTH}
    one: dict[str, Any] = {"n_actions": V, "length": 1}
    return {
        "tabular": Case(Tabular(**sizes), 1, LENGTH),
        "linear, 1 state": Case(Linear(**one, spread=1.0), 1, 1),
        "linear, 32 states": Case(Linear(**sizes, spread=1.0), 8, LENGTH),
        "MLP, 1 state": Case(Mlp(**one), 1, 1),
        "MLP, 32 states": Case(Mlp(**sizes), 8, LENGTH),
        "transformer, 1 state": Case(Transformer(**one, width=32), 1, 1),
        "transformer, 32 states": Case(Transformer(**sizes, width=32), 8, LENGTH),
    }


def audits(name: str, case: Case, n_draws: int) -> StepAudit:
    """Step from random parameters with random advantages, in float64.

    Args:
        name: of the case: its random numbers.
        case: policy and states.
        n_draws: independent parameters and advantages.

    Returns:
        Changes [n_draws], per unit of step size.
    """

    def one(key: Any) -> StepAudit:
        key_params, key_tokens, key_advantage = jax.random.split(key, 3)
        params = case.policy.init(key_params)
        shape = (1, case.rollouts, case.length)
        actions = jax.random.randint(key_tokens, shape, 0, V)
        prompts = jnp.zeros(1, jnp.int32)
        wide = case.policy.logits(params, prompts, actions).shape
        advantage = jax.random.normal(key_advantage, wide)
        return audit_step(case.policy, params, prompts, actions, advantage, STEP)

    with jax.enable_x64(True):
        keys = jax.random.split(key_for(name, 0), n_draws)
        made = jax.jit(lambda keys: jax.lax.map(one, keys, batch_size=50))(keys)
        return jax.tree.map(lambda x: np.asarray(x) / STEP, made)
