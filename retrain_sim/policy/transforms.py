"""REPO: advantages changed by log-probabilities, so that entropy is kept or spent.

All of them are ``A - beta L`` with ``L = log pi + H`` the centered log-probability:
beta > 0 preserves entropy. Petrenko, Lipkin, Chen, Wijmans, Cusumano-Towner, Giryes,
Kraehenbuehl, "Entropy-Preserving Reinforcement Learning", 2026, arXiv 2603.11682.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.component import component
from retrain_sim.policy.base import Seen
from retrain_sim.ranges import at_least

TINY = 1e-12
"""Below any mean square that matters: a policy that is certain has nothing to keep."""


@component
class Unchanged:
    """Use the advantages as they are."""

    def __call__(
        self, advantage: Float[Array, "p g t"], seen: Seen
    ) -> Float[Array, "p g t"]:
        """Return the advantages."""
        return advantage


@component
class RepoConst:
    """Subtract a constant times the centered log-probability (REPO-const).

    On-policy, this is a sampled entropy bonus: ``E[score * (-beta L)] = beta grad H``.

    Args:
        beta: > 0 preserves entropy, < 0 spends it.
    """

    beta: float = 0.1

    def __call__(
        self, advantage: Float[Array, "p g t"], seen: Seen
    ) -> Float[Array, "p g t"]:
        """Return A - beta L."""
        return (advantage - self.beta * centered_log_prob(seen)) * seen.chosen


@component
class RepoD:
    """Let beta follow the entropy loss that the round's own gradient predicts (REPO-D).

    ``beta = zeta * E[A L pi] / E[|L| pi]``, means over the chosen tokens. The paper's
    normalization is not known; this one keeps beta in units of the advantage.

    Args:
        zeta: strength; the controller's knob.
    """

    zeta: float = 1e-3

    def __call__(
        self, advantage: Float[Array, "p g t"], seen: Seen
    ) -> Float[Array, "p g t"]:
        """Return A - beta L."""
        L = centered_log_prob(seen)
        pi = jnp.exp(seen.log_prob) * seen.chosen
        drop = (advantage * L * pi).sum() / ((jnp.abs(L) * pi).sum() + TINY)
        return (advantage - self.zeta * drop * L) * seen.chosen


@component
class RepoRSubmitted:
    """Let beta follow positive advantages: zeta max(A, 0) (REPO-R as submitted).

    Args:
        zeta: strength; the controller's knob.
    """

    zeta: float = 1e-3

    def __call__(
        self, advantage: Float[Array, "p g t"], seen: Seen
    ) -> Float[Array, "p g t"]:
        """Return A - zeta max(A, 0) L."""
        beta = self.zeta * jnp.maximum(advantage, 0.0)
        return (advantage - beta * centered_log_prob(seen)) * seen.chosen


@component
class RepoR:
    """Subtract zeta |A| log pi, but keep the sign of A (REPO-R, final; appendix D.2).

    ``A (1 - zeta log pi)`` if A > 0, ``A (1 + zeta log pi)`` if A < 0: rare correct
    tokens are boosted, rare wrong ones are spared. log pi is raw, not centered.

    Args:
        zeta: strength; the controller's knob. Negative spends entropy.
    """

    zeta: float = 1e-3

    def __call__(
        self, advantage: Float[Array, "p g t"], seen: Seen
    ) -> Float[Array, "p g t"]:
        """Return A - zeta |A| log pi, clamped at zero."""
        factor = 1 - jnp.sign(advantage) * self.zeta * seen.log_prob
        return advantage * jnp.maximum(factor, 0.0) * seen.chosen


@component
class RepoN:
    """Take out what changes entropy to first order (REPO-N, derived here).

    ``beta = zeta * E[A L pi] / E[L^2 pi]``: at zeta = 1 a step of plain policy
    gradient leaves the entropy as it is, and mostly stops learning.

    Args:
        zeta: share that is taken out, >= 0.
    """

    zeta: float = 0.9

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, zeta=0)

    def __call__(
        self, advantage: Float[Array, "p g t"], seen: Seen
    ) -> Float[Array, "p g t"]:
        """Return A - beta L."""
        L = centered_log_prob(seen)
        pi = jnp.exp(seen.log_prob) * seen.chosen
        beta = (advantage * L * pi).sum() / ((L**2 * pi).sum() + TINY)
        return (advantage - self.zeta * beta * L) * seen.chosen


def centered_log_prob(seen: Seen) -> Float[Array, "p g t"]:
    """Return L = log pi + H, whose mean under pi is zero; 0 where not chosen.

    Example:
        >>> one = jnp.ones((1, 1, 1))
        >>> centered_log_prob(Seen(-one, 3 * one, one)).item()
        2.0
    """
    return (seen.log_prob + seen.entropy) * seen.chosen


KINDS = {
    "none": Unchanged,
    "repo-const": RepoConst,
    "repo-d": RepoD,
    "repo-n": RepoN,
    "repo-r": RepoR,
    "repo-r-submitted": RepoRSubmitted,
}

__all__ = [
    "KINDS",
    "RepoConst",
    "RepoD",
    "RepoN",
    "RepoR",
    "RepoRSubmitted",
    "Unchanged",
    "centered_log_prob",
]
