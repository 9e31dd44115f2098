"""Many loops of one scenario, each from its own p_0: the error of the mean by round."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import static
from retrain_sim.component import component
from retrain_sim.loop import initial_state, retrain_round, scan_rounds
from retrain_sim.scenario import Scenario


@component
class Shifted:
    """A model whose samples are all displaced: a generator with a persistent bias.

    Args:
        inner: the model.
        shift: added to every coordinate of every sample.
    """

    inner: Any
    shift: float | Array
    name: str = static(default="shifted")

    def init(self, key: PRNGKeyArray, data: Array, weights: Array) -> Any:
        """Fit p_0."""
        return self.inner.init(key, data, weights)

    def fit(self, key: PRNGKeyArray, params: Any, data: Array, weights: Array) -> Any:
        """Fit."""
        return self.inner.fit(key, params, data, weights)

    def sample(self, key: PRNGKeyArray, params: Any, n: int) -> Array:
        """Draw, displaced."""
        return self.inner.sample(key, params, n) + self.shift


class Path(NamedTuple):
    """One loop, by round: squared error of the mean, variance, both per coordinate."""

    error: Float[Array, " rows"]
    variance: Float[Array, " rows"]


def one_loop(
    key: PRNGKeyArray, scenario: Scenario, shift: float | Array, n_rounds: int
) -> Path:
    """Draw new real data for p_0, and retrain from there.

    Args:
        key: a PRNG key.
        scenario: as prepared; the truth is N(0, I).
        shift: bias of the generator, per coordinate.
        n_rounds: T.

    Returns:
        Rounds 0 .. T.
    """
    key_real, key_start, key_rounds = jax.random.split(key, 3)
    real = jax.random.normal(key_real, scenario.real[0].shape)
    weights = jnp.ones(len(real))
    params = scenario.model.init(key_start, real, weights)
    ready = dataclasses.replace(
        scenario,
        model=Shifted(scenario.model, jnp.asarray(shift)),
        params=params,
        real=(real, weights),
    )

    def observe(_: PRNGKeyArray, state: Any) -> Path:
        mean, cov = state.params
        return Path((mean**2).mean(), jnp.trace(cov) / len(mean))

    return scan_rounds(
        key_rounds,
        lambda key, state: retrain_round(key, state, ready),
        initial_state(key_start, ready, n_rounds),
        n_rounds,
        observe,
    ).rows


def loops(
    scenario: Scenario, shares: Any, shift: float, n_rounds: int, n_seeds: int
) -> dict[str, Float[np.ndarray, "shares s rows"]]:
    """Run every share with the same seeds.

    Args:
        scenario: of one arm.
        shares: values of ``regime.synthetic_share``, or None for the regime as it is.
        shift: bias of the generator.
        n_rounds: T.
        n_seeds: loops per share.

    Returns:
        Error and variance; the first axis has one place per share.
    """
    keys = jax.random.split(jax.random.key(0), n_seeds)

    def of(share: Array) -> Path:
        made = scenario
        if shares is not None:
            made = scenario.at("regime.synthetic_share", share)
        return jax.vmap(lambda key: one_loop(key, made, shift, n_rounds))(keys)

    paths = jax.jit(jax.vmap(of))(jnp.asarray([0.0] if shares is None else shares))
    return {name: np.asarray(v, np.float64) for name, v in paths._asdict().items()}
