"""The contracts of policy gradients. Read this file first.

One letter means one thing in the shapes, beside those of ``retrain_sim.base``:

====  ==========================================================================
p     prompts (contexts) of a round
g     rollouts per prompt, the group that advantages compare
t     tokens of a rollout; 1 for bandits
a     actions: arms, or the vocabulary
====  ==========================================================================

A size written ``#g`` may be 1: what a whole group shares is computed once (the law of
a bandit does not depend on the rollout, that of a token policy does).

One round of training is: the environment draws rollouts from the policy; then, for some
epochs, the gradient of

    sum over tokens of  weight * active * ratio * advantage  +  weight * bonus

moves the parameters. Each factor is a small value with one contract below, and
``retrain_sim.policy.learner`` puts them together. All of them trace, vmap and jit.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows


class Rollouts(NamedTuple):
    """What the policy did in one round: a group of rollouts for every prompt.

    Args:
        prompts: the context of each group, in [0, number of prompts).
        actions: the tokens; anything where ``chosen`` is 0 and the policy reads it.
        chosen: 1 where the policy chose the token, 0 where the environment did (the
            reply of a tool) or the rollout is over.
        rewards: terminal rewards, finite.
        log_probs: log pi(token) as the sampler computed it; 0 where not chosen.
    """

    prompts: Int[Array, " p"]
    actions: Int[Array, "p g t"]
    chosen: Float[Array, "p g t"]
    rewards: Float[Array, "p g"]
    log_probs: Float[Array, "p g t"]


class Policy(Protocol):
    """A softmax policy pi(token | prompt, tokens before it)."""

    def init(self, key: PRNGKeyArray) -> Params:
        """Draw the parameters of the policy before training."""
        ...

    def logits(
        self,
        params: Params,
        prompts: Int[Array, " p"],
        actions: Int[Array, "p g t"],
    ) -> Float[Array, " p #g t a"]:
        """Return the logits of every token, given the prompt and the tokens before.

        Row t must not depend on ``actions[..., t:]``.
        """
        ...


class Environment(Protocol):
    """A task, or several in a row: it knows from the round which one is trained."""

    def rollout(
        self,
        key: PRNGKeyArray,
        round: Int[Array, ""],
        policy: Policy,
        params: Params,
        group_size: int,
    ) -> Rollouts:
        """Draw ``group_size`` rollouts for every prompt of the round."""
        ...

    def metrics(
        self, key: PRNGKeyArray, round: Int[Array, ""], policy: Policy, params: Params
    ) -> Rows:
        """Measure a policy: ``policy/pass@1`` and what else the task defines."""
        ...


@runtime_checkable
class Pretraining(Protocol):
    """An environment with something to read: training starts from who has read it."""

    def pretrained(self, key: PRNGKeyArray, policy: Policy) -> Params:
        """Draw the parameters of the policy, and fit them."""
        ...


class Advantage(Protocol):
    """How much better than its group a rollout is."""

    def __call__(self, rewards: Float[Array, "p g"]) -> Float[Array, "p g"]:
        """Compare the rewards of each group."""
        ...


class Average(Protocol):
    """How tokens and rollouts are weighted in the objective."""

    def __call__(
        self, chosen: Float[Array, "p g t"], rewards: Float[Array, "p g"]
    ) -> Float[Array, "p g t"]:
        """Weight every token; 0 where the policy did not choose."""
        ...


class Clip(Protocol):
    """The importance ratio of a token, and where it stops to count."""

    def ratio(
        self, log_ratio: Float[Array, "p g t"], chosen: Float[Array, "p g t"]
    ) -> Float[Array, "p g t"]:
        """Return the differentiable ratio new / old of every token."""
        ...

    def active(
        self, ratio: Float[Array, "p g t"], advantage: Float[Array, "p g t"]
    ) -> Bool[Array, "p g t"]:
        """Tell which tokens have a gradient, from the ratio that is judged."""
        ...


class Seen(NamedTuple):
    """What the current policy says of the tokens of a round, without gradient.

    Args:
        log_prob: log pi(token), raw.
        entropy: H(pi) before the token, in nats.
        chosen: 1 where the policy chose.
    """

    log_prob: Float[Array, "p g t"]
    entropy: Float[Array, " p #g t"]
    chosen: Float[Array, "p g t"]


class Transform(Protocol):
    """A change of the advantages by the log-probabilities (REPO)."""

    def __call__(
        self, advantage: Float[Array, "p g t"], seen: Seen
    ) -> Float[Array, "p g t"]:
        """Return the advantages to use; nothing is differentiated."""
        ...


class Bonus(Protocol):
    """A differentiable term that is added to the objective, token by token."""

    def __call__(
        self,
        log_probs: Float[Array, " p #g t a"],
        reference: Float[Array, " p #g t a"],
    ) -> Float[Array, " p #g t"]:
        """Score the laws of the tokens beside those of the reference policy."""
        ...


class Optimizer(Protocol):
    """Gradient ascent."""

    def init(self, params: Params) -> Any:
        """Return the state before the first step."""
        ...

    def step(self, gradient: Params, state: Any, params: Params) -> tuple[Params, Any]:
        """Move along the gradient of what is maximized."""
        ...


class Arithmetic(Protocol):
    """In which precision log-probabilities and ratios are computed."""

    def log_softmax(self, logits: Float[Array, "*b a"]) -> Float[Array, "*b a"]:
        """Normalize logits."""
        ...

    def old(self, log_probs: Float[Array, "p g t"]) -> Float[Array, "p g t"]:
        """Hand the sampler's log-probabilities to the trainer."""
        ...

    def log_ratios(
        self, new: Float[Array, "p g t"], old: Float[Array, "p g t"]
    ) -> tuple[Float[Array, "p g t"], Float[Array, "p g t"]]:
        """Return log new - log old twice: as differentiated, and as judged by clips."""
        ...
