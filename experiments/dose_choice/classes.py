"""Choosing a dose for a classifier: ten Gaussian classes, each generated off by D."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from retrain_sim.dose.advice.folds import PENALTIES, held_out_losses
from retrain_sim.dose.advice.pair import Pair, Side
from retrain_sim.dose.advice.plug_in import plug_in
from retrain_sim.dose.learners import ridge

CLASSES, DIM, N, N_TEST = 10, 64, 200, 4000
SCALE = 0.35
DISTANCES = (0.0, 1.0, 2.0, 4.0, 8.0)
RATIOS = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0])


def world(
    distances: Float[np.ndarray, " classes"], seed: int, grouped: bool = False
) -> tuple[Pair, Side]:
    """Draw real and synthetic rows, and rows to test on.

    Args:
        distances: of each class's generated mean from the real one.
        seed: of everything, the classes' means too.
        grouped: whether every class is a group.

    Returns:
        200 real and 3200 synthetic rows in equal classes; 4000 test rows.
    """
    rng = np.random.default_rng(seed)
    means = SCALE * rng.normal(size=(CLASSES, DIM))
    off = rng.normal(size=(CLASSES, DIM))
    off *= np.asarray(distances)[:, None] / np.linalg.norm(off, axis=1, keepdims=True)

    def side(centers: np.ndarray, n: int) -> Side:
        label = np.arange(n) % CLASSES
        x = centers[label] + rng.normal(size=(n, DIM))
        return Side(x, np.eye(CLASSES)[label], label if grouped else 0 * label)

    names = tuple(str(c) for c in range(CLASSES))
    groups = names if grouped else ("all",)
    made = side(means + off, int(N * RATIOS[-1]))
    pair = Pair(side(means, N), made, "classes", names, groups, ())
    return pair, side(means, N_TEST)


def errors_and_choices(
    distance: float, seed: int
) -> tuple[Float[np.ndarray, " r"], list[float]]:
    """Return the test error at every ratio, and the ratios that the rules choose.

    The ridge penalty is tuned by cross-validation at every ratio, for every rule.
    """
    pair, test = world(np.full(CLASSES, distance), seed)
    losses = held_out_losses(pair, 0, RATIOS, 5, 1, seed).values.mean(axis=0)
    found = plug_in(pair, 0, "sliced", seed)
    assert found is not None
    counts = np.broadcast_to(np.round(RATIOS * N)[:, None], (RATIOS.size, CLASSES))
    errors = errors_by_class(pair, test, counts / CLASSES, losses.argmin(axis=1))
    law = RATIOS[np.abs(RATIOS - min(found.ratio, RATIOS[-1])).argmin()]
    return errors.mean(axis=1), [1.0, 2.0, law, RATIOS[losses.min(axis=1).argmin()]]


def errors_by_class(
    pair: Pair,
    test: Side,
    counts: Float[np.ndarray, "k classes"],
    penalties: np.ndarray,
) -> Float[np.ndarray, "k classes"]:
    """Train on all real rows and on some synthetic rows of each class.

    A class always weighs as its real rows do. Errors are by class, on test rows.

    Args:
        pair: the rows.
        test: rows to test on.
        counts: synthetic rows to use, of each class, per training.
        penalties: index of the ridge penalty, per training.
    """
    label = pair.made.targets.argmax(axis=1)
    rank = np.arange(len(label)) // CLASSES
    own = N / CLASSES
    share = own / (own + counts)
    made = (rank[None] < counts[:, label]) * share[:, label]
    weights = np.concatenate([share[:, pair.real.targets.argmax(axis=1)], made], axis=1)
    x, y = (
        np.concatenate(two)
        for two in ((pair.real.x, pair.made.x), (pair.real.targets, pair.made.targets))
    )
    knobs = np.array(PENALTIES)[penalties]
    arrays = (x, y, weights, knobs, test.x, test.targets)
    return np.asarray(_wrong(*(jnp.asarray(z, jnp.float32) for z in arrays)))


@jax.jit
def _wrong(x, y, weights, knobs, test_x, test_y):
    def one(weight_and_knob):
        weight, knob = weight_and_knob
        said = ridge(x, y, weight, knob * weight.sum()).classify(test_x)
        right = jnp.take_along_axis(test_y, said[:, None], axis=1)
        return 1 - (right * test_y).sum(axis=0) / test_y.sum(axis=0)

    return jax.lax.map(one, (weights, knobs))


def regrets(distance: float, n_runs: int) -> Float[np.ndarray, "rules s"]:
    """Return error(chosen) - error(best ratio), for rules as in ``means.RULES``."""
    rows = []
    for seed in range(n_runs):
        errors, chosen = errors_and_choices(distance, seed)
        at = [int(np.flatnonzero(ratio == RATIOS)[0]) for ratio in chosen]
        rows.append(errors[at] - errors.min())
    return np.array(rows).T
