"""One round of policy gradients: roll out, compare, step. Read this file second.

The driver is ``retrain_sim.loop.scan_rounds``, as for curated retraining: one compiled
program, mapped over seeds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.component import component, part
from retrain_sim.control.base import Control
from retrain_sim.loop import Track, all_finite, scan_rounds
from retrain_sim.policy.algorithm import Algorithm
from retrain_sim.policy.averages import informative
from retrain_sim.policy.base import Environment, Policy, Pretraining, Rollouts, Seen
from retrain_sim.policy.laws import entropy_of, mean_entropy, picked

SMALL = 2**14
"""Parameters of a policy whose epochs are unrolled: to compile a network four times
would take longer than the loop that it saves."""


@component
class Task:
    """Everything that a training run needs; passed to it as an argument.

    Args:
        environment: draws rollouts and measures.
        policy: the softmax policy.
        algorithm: how it learns.
    """

    environment: Environment = part("environment")
    policy: Policy = part("policy")
    algorithm: Algorithm = part("algorithm")


class PolicyState(NamedTuple):
    """The policy after some rounds, and what its training carries along."""

    params: Params
    optimizer: Any
    reference: Params
    control: Control
    round: Int[Array, ""]


def start_state(
    key: PRNGKeyArray, task: Task, params: Params | None = None
) -> PolicyState:
    """Start a training run: from fresh parameters, or given ones (a second task).

    Args:
        key: a PRNG key.
        task: environment, policy and algorithm.
        params: the parameters to start from; drawn if not given.

    Returns:
        The state before round 0; targets are relative to its entropy.
    """
    key_params, key_look = jax.random.split(key)
    if params is None:
        params = first_params(key_params, task)
    made, round = task.algorithm, jnp.int32(0)
    looked = task.environment.rollout(
        key_look, round, task.policy, params, made.group_size
    )
    log_probs = jax.nn.log_softmax(
        task.policy.logits(params, looked.prompts, looked.actions)
    )
    control = made.controller.init(
        made.setting(), mean_entropy(log_probs, looked.chosen)
    )
    return PolicyState(params, made.optimizer.init(params), params, control, round)


def first_params(key: PRNGKeyArray, task: Task) -> Params:
    """Draw a policy; it has read what its environment has for it to read."""
    if isinstance(task.environment, Pretraining):
        return task.environment.pretrained(key, task.policy)
    return task.policy.init(key)


def objective(
    params: Params,
    reference: Params,
    rollouts: Rollouts,
    policy: Policy,
    algorithm: Algorithm,
) -> tuple[Float[Array, ""], Rows]:
    """Evaluate what one gradient step maximizes.

    Args:
        params: where to evaluate it; the gradient is taken here.
        reference: the parameters of the reference policy.
        rollouts: drawn by the policy at the start of the round.
        policy: the policy.
        algorithm: with its knob set.

    Returns:
        The objective, and what it saw: entropy, ratios, shares of clipped tokens.
    """
    chosen = rollouts.chosen
    arithmetic, clip = algorithm.arithmetic, algorithm.clip
    logits = policy.logits(params, rollouts.prompts, rollouts.actions)
    log_probs = arithmetic.log_softmax(logits)
    new = picked(log_probs, rollouts.actions) * chosen
    seen = jax.lax.stop_gradient(Seen(new, entropy_of(log_probs), chosen))
    plain = algorithm.advantage(rollouts.rewards)[..., None] * chosen
    advantage = jax.lax.stop_gradient(algorithm.transform(plain, seen))
    old = arithmetic.old(rollouts.log_probs)
    used, judged = arithmetic.log_ratios(new, old)
    ratio = jax.lax.stop_gradient(clip.ratio(judged, chosen))
    active = clip.active(ratio, advantage)
    gain = jnp.where(active, clip.ratio(used, chosen) * advantage, 0.0)
    anchor = policy.logits(reference, rollouts.prompts, rollouts.actions)
    bonus = algorithm.bonus(log_probs, jax.nn.log_softmax(anchor))
    weights = algorithm.average(chosen, rollouts.rewards)
    rows = {
        "policy/clipped_up": _share(~active & (advantage > 0), chosen),
        "policy/clipped_down": _share(~active & (advantage < 0), chosen),
        "policy/ratio": _share(ratio, chosen),
        "policy/entropy_seen": _share(
            jnp.broadcast_to(seen.entropy, chosen.shape), chosen
        ),
    }
    return (weights * gain).sum() + (weights * bonus).sum(), rows


def _share(values: Array, chosen: Float[Array, "p g t"]) -> Float[Array, ""]:
    return (values * chosen).sum() / jnp.maximum(chosen.sum(), 1.0)


def policy_step(
    state: PolicyState, rollouts: Rollouts, policy: Policy, algorithm: Algorithm
) -> tuple[PolicyState, Rows]:
    """Learn from one round of rollouts: some epochs of gradient ascent, then control.

    Args:
        state: the policy that drew the rollouts.
        rollouts: what it drew.
        policy: the policy.
        algorithm: advantage, average, clip, transform, bonus, controller, optimizer.

    Returns:
        The next state, and the rows of the step: those of ``objective`` (the entropy of
        the first epoch, means over epochs of the others) and ``policy/knob``.
    """
    made = algorithm.turned(state.control.value)
    slope = jax.value_and_grad(objective, has_aux=True)

    def epoch(carry: Any, _: None) -> tuple[Any, Rows]:
        params, memory = carry
        (_, rows), gradient = slope(params, state.reference, rollouts, policy, made)
        return made.optimizer.step(gradient, memory, params), rows

    carry = (state.params, state.optimizer)
    small = sum(x.size for x in jax.tree.leaves(state.params)) <= SMALL
    unroll = min(made.epochs, 4) if small else 1
    (params, memory), rows = jax.lax.scan(
        epoch, carry, None, length=made.epochs, unroll=unroll
    )
    entropy = rows["policy/entropy_seen"][0]
    rows = jax.tree.map(jnp.mean, rows) | {"policy/entropy_seen": entropy}
    rows |= {"policy/knob": state.control.value}
    control = made.controller.update(state.control, entropy)
    return PolicyState(params, memory, state.reference, control, state.round + 1), rows


def train_round(
    key: PRNGKeyArray, state: PolicyState, task: Task
) -> tuple[PolicyState, Rows]:
    """Roll out once, and learn from it.

    Args:
        key: a PRNG key.
        state: the policy so far.
        task: environment, policy and algorithm.

    Returns:
        The next state, and what happened: the rows of ``policy_step``,
        ``policy/reward`` and ``policy/informative`` (the share of groups whose
        rewards differ).
    """
    rollouts = task.environment.rollout(
        key, state.round, task.policy, state.params, task.algorithm.group_size
    )
    following, rows = policy_step(state, rollouts, task.policy, task.algorithm)
    rows |= {
        "policy/reward": rollouts.rewards.mean(),
        "policy/informative": informative(rollouts.rewards).mean(),
        "run/finite": all_finite((following.params, rollouts.rewards)) * 1.0,
    }
    return following, rows


def observe(key: PRNGKeyArray, state: PolicyState, task: Task) -> Rows:
    """Measure the policy by the metrics of its environment."""
    environment = task.environment
    return environment.metrics(key, state.round, task.policy, state.params)


def train(key: PRNGKeyArray, task: Task, n_rounds: int) -> Track:
    """Train one policy; trace, vmap over keys and jit it.

    Args:
        key: a PRNG key; runs with one key share initial policy and random numbers,
            whatever the algorithm: seeds are paired.
        task: environment, policy and algorithm.
        n_rounds: T.

    Returns:
        The track: last state, T + 1 rows of metrics, T rows of what happened.

    Example:
        >>> from retrain_sim.policy.environments import ManySolutions
        >>> from retrain_sim.policy.policies import Tabular
        >>> task = Task(ManySolutions(), Tabular(n_actions=100), Algorithm())
        >>> track = train(jax.random.key(0), task, 20)
        >>> track.rows["policy/pass@1"].shape
        (21,)
    """
    key_start, key_rounds = jax.random.split(key)
    state = start_state(key_start, task)
    return scan_rounds(
        key_rounds,
        lambda key, state: train_round(key, state, task),
        state,
        n_rounds,
        lambda key, state: observe(key, state, task),
    )
