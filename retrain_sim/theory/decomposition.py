"""Why did it collapse? Lost diversity, split by the stage at which it is lost.

The same scenario is followed four times, each time with one thing more that a real run
has: selection with infinite slates; slates of finite size; finitely many kept samples;
and a trained model. What each step adds to the loss is its share of the blame.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.atoms import population_trajectory
from retrain_sim.theory.checks import check_count, check_range
from retrain_sim.theory.count_simulation import simulate_counts


class Decomposition(NamedTuple):
    """Diversity by stage and round, and what each stage loses.

    Stages, in order: infinite slates, finite slates, drift, and the model if its
    entropy was given. Entropies are in nats; rows are rounds 0..T.

    Attributes:
        group_entropy: Entropy of the masses of the groups [stages, rows].
        within_entropy: Mean entropy within a group, by its mass [3, rows].
        losses: Fall of the group entropy from round 0 due to selection, and further due
            to slate size, drift and the model [stages, rows]. Negative where a stage
            saves diversity. The sum over stages is the loss of the last stage.
        drift_error: Standard error over seeds of the group entropy of stage 3 [rows].
    """

    group_entropy: Float[np.ndarray, "stages rows"]
    within_entropy: Float[np.ndarray, "3 rows"]
    losses: Float[np.ndarray, "stages rows"]
    drift_error: Float[np.ndarray, " rows"]


def decompose(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    groups: ArrayLike,
    *,
    n_kept: int,
    n_rounds: int,
    n_seeds: int = 100,
    seed: int = 0,
    temperature: int | float = 1.0,
    real_probs: ArrayLike | None = None,
    real_share: int | float = 0.0,
    model_entropy: ArrayLike | None = None,
) -> Decomposition:
    """Split the loss of diversity into selection, slate size, drift and the model.

    Arguments without a range are those of `simulate_counts`.

    Args:
        probs: p_0 [n].
        rewards: [m, n].
        voter_weights: [m].
        slate_size: K.
        groups: Group of every atom [n], integers >= 0: a class, mode or basin.
        n_kept: Samples kept per round.
        n_rounds: T.
        n_seeds: Runs behind the drift stage, >= 2; all are held in memory.
        seed: Of these runs.
        temperature: > 0.
        real_probs: [n].
        real_share: s, in [0, 1].
        model_entropy: Group entropy of a trained model in nats, >= 0 [n_rounds + 1],
            for example the mean over seeds of `collapse/class_entropy`.

    Returns:
        The decomposition; three stages without a model.

    Raises:
        ValueError: If an argument is outside its range.

    References:
        Derived here.

    Example:
        >>> game = [0.5, 0.5], [[9.0, 0.0], [0.0, 9.0]], [0.5, 0.5], 2, [0, 1]
        >>> parts = decompose(*game, n_kept=10, n_rounds=30)
        >>> parts.losses[:2, -1].round(4) + 0.0  # neither selection nor slates
        array([0., 0.])
        >>> bool(parts.losses[2, -1] > 0.4)  # but drift
        True
    """
    n_seeds = check_count("n_seeds", n_seeds, minimum=2)
    game = probs, rewards, voter_weights
    options = {
        "temperature": temperature,
        "real_probs": real_probs,
        "real_share": real_share,
    }
    limit = population_trajectory(*game, math.inf, n_rounds, **options)
    finite = population_trajectory(*game, slate_size, n_rounds, **options)
    sizes = {"n_kept": n_kept, "n_rounds": n_rounds, "n_seeds": n_seeds}
    drifting = simulate_counts(seed, *game, slate_size, **sizes, **options)
    between, within = entropy_split(np.stack([limit, finite]), groups)
    by_seed, within_by_seed = entropy_split(drifting, groups)
    error = by_seed.std(axis=0, ddof=1) / math.sqrt(n_seeds)
    stages = [*between, by_seed.mean(axis=0)]
    if model_entropy is not None:
        stages.append(_check_model(model_entropy, n_rounds))
    group_entropy = np.array(stages)
    known = np.vstack([np.full(n_rounds + 1, group_entropy[0, 0]), group_entropy])
    spread = np.array([*within, within_by_seed.mean(axis=0)])
    return Decomposition(group_entropy, spread, -np.diff(known, axis=0), error)


def entropy_split(
    probs: ArrayLike, groups: ArrayLike
) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]:
    """Split the entropy of the atoms into that between and that within groups.

        H(x) = H(group) + sum_g p(g) H(x | g)

    Args:
        probs: Shares [..., n], >= 0, sum 1.
        groups: Group of every atom [n], integers >= 0.

    Returns:
        Both terms [...], in nats.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical
        Journal 1948.

    Example:
        >>> between, within = entropy_split([0.25, 0.25, 0.5], [0, 0, 1])
        >>> round(float(between), 4), round(float(within), 4)
        (0.6931, 0.3466)
    """
    probs = check_range("probs", probs, 0.0, 1.0 + 1e-6)
    labels = check_range("groups", groups, 0.0)
    if labels.shape != probs.shape[-1:] or (labels % 1.0).any():
        raise ValueError(
            f"groups has shape {labels.shape}, allowed {probs.shape[-1:]} as probs,"
            " of integers"
        )
    masses = probs @ (labels[:, None] == np.unique(labels)).astype(float)
    between = np.asarray(_entropy(masses))
    return between, np.asarray(np.maximum(_entropy(probs) - between, 0.0))


def _entropy(probs):
    return -(probs * np.log(np.where(probs > 0, probs, 1.0))).sum(axis=-1)


def _check_model(model_entropy, n_rounds):
    entropy = check_range("model_entropy", model_entropy, 0.0)
    if entropy.shape != (n_rounds + 1,):
        raise ValueError(
            f"model_entropy has shape {entropy.shape}, allowed {(n_rounds + 1,)}:"
            " one row per round from 0"
        )
    return entropy
