"""One table per contract: every kind of the registry, made small and ready to call."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from retrain_sim import curation, data, groups, metrics, models, regimes, rewards
from retrain_sim.base import Frame, Selection, View
from retrain_sim.classifier import WIDTH, Classifier
from retrain_sim.models.networks import Perceptron

N, D, G = 24, 2, 3
LETTERS = jnp.asarray(np.arange(N) % G, jnp.int32)
VECTORS = jax.random.normal(jax.random.key(1), (N, D))
SCORES = jax.random.normal(jax.random.key(2), (2, N))
LABELS = jnp.asarray(np.arange(N) % G, jnp.int32)
NAMES = ("a", "b", "c")


def f32(value):
    """Make a leaf as the registry does."""
    return np.asarray(value, np.float32)


def a_classifier():
    network = Perceptron((WIDTH, G))
    return Classifier(network.init(jax.random.key(3), VECTORS[:1]), G)


def first_coordinate(x):
    """Score vectors; the user's own reward of the import kind."""
    return x[:, 0]


class ModelCase(NamedTuple):
    model: Any
    x: Any


SMALL_FLOW = models.FlowMatching(
    hidden=(8,),
    initial_steps=4,
    steps=3,
    batch=16,
    initial_rate=f32(2e-3),
    rate=f32(1e-3),
    solver_steps=2,
    bound=f32(np.inf),
    sampling_bias=f32(1.0),
    dim=D,
)

MODELS = {
    "categorical": [ModelCase(models.Categorical(G), LETTERS)],
    "flow-matching": [
        ModelCase(SMALL_FLOW, VECTORS),
        ModelCase(SMALL_FLOW.replace(coupling="optimal-transport"), VECTORS),
    ],
    "gaussian": [
        ModelCase(models.Gaussian(0, f32(1.0)), VECTORS),
        ModelCase(models.Gaussian(1, f32(0.5)), VECTORS),
    ],
}


MODELS["gaussian-mixture"] = [
    ModelCase(
        models.GaussianMixture(3, 4, covariance, f32(1e-3), warm, f32(bias)), VECTORS
    )
    for covariance, warm, bias in (
        ("full", True, 1.0),
        ("diagonal", True, 0.5),
        ("spherical", False, 1.0),
    )
]

MODELS["kernel-density"] = [
    ModelCase(models.KernelDensity(f32(0.5), rule, f32(bias)), VECTORS)
    for rule, bias in (("fixed", 1.0), ("scott", 0.5), ("silverman", 1.0))
]


class RewardCase(NamedTuple):
    reward: Any
    x: Any


_PATH = "component_cases:first_coordinate"

REWARDS = {
    "class-probability": [
        RewardCase(
            rewards.ClassProbability(1, f32(5.0), classifier=a_classifier()), VECTORS
        )
    ],
    "import": [
        RewardCase(rewards.Imported(_PATH, host, first_coordinate), VECTORS)
        for host in (False, True)
    ],
    "quadratic-peak": [
        RewardCase(rewards.QuadraticPeak(f32([1.0, 0.0]), f32(2.0)), VECTORS)
    ],
    "table": [RewardCase(rewards.Table(f32([0.0, 1.0, 3.0])), LETTERS)],
}


class GroupsCase(NamedTuple):
    groups: Any
    x: Any


GROUPS = {
    "alphabet": [GroupsCase(groups.Alphabet(NAMES), LETTERS)],
    "basins": [
        GroupsCase(
            groups.Basins(f32(0.5), f32([1.0, 1.0]), ("basin-a", "basin-b", "outside")),
            VECTORS,
        )
    ],
    "classifier": [GroupsCase(groups.ByClassifier(a_classifier(), NAMES), VECTORS)],
    "nearest-mode": [
        GroupsCase(groups.NearestMode(f32([[1, 0], [0, 1], [-1, -1]]), NAMES), VECTORS)
    ],
}


def _k_choice(slate_size, n_kept=10, temperature=1.0):
    weights = f32([0.25, 0.75])
    return curation.KChoice(weights, slate_size, f32(temperature), N, n_kept)


CURATORS = {
    "k-choice": [
        _k_choice(1, temperature=float("inf")),
        _k_choice(3, n_kept=2 * N),
        _k_choice(float("inf")),
    ],
    "none": [curation.Uncurated(n_kept=10, n_candidates=N)],
}

REGIMES = {
    "real-share": [regimes.RealShare(f32(s)) for s in (0.0, 0.25, 1.0)],
    "replace": [regimes.Replace()],
}

VIEW = View(VECTORS, jnp.linspace(0.5, 2.0, N), SCORES, LABELS)
FRAME = Frame(VIEW._replace(x=VECTORS[::-1]), NAMES, ("r", "s"))
SELECTION = Selection(jnp.arange(0, 20, 2), jnp.asarray([0, 1] * 5))

STATE_METRICS = {
    "diversity": [metrics.Diversity(f32(0.1))],
    "recognizable": [metrics.Recognizable(f32(0.4), a_classifier())],
    "rewards": [metrics.Rewards()],
    "shares": [metrics.Shares()],
    "sliced-wasserstein": [metrics.SlicedWasserstein(4)],
    "spread": [metrics.Spread()],
}

SELECTION_METRICS = {
    "kept-shares": [metrics.KeptShares()],
    "leakage": [metrics.Leakage()],
}


def file_kind(folder):
    """Write a small table, and return the data kind that reads it."""
    path = folder / "table.npz"
    rng = np.random.default_rng(0)
    np.savez(path, x=rng.normal(size=(12, D)), y=np.arange(12) % G)
    return data.File(str(path))


DATA = {
    "alphabet": [
        lambda folder: data.Alphabet(size=4, zipf=1.0),
        lambda folder: data.Alphabet(probs=(0.5, 0.5), names=("heads", "tails")),
    ],
    "digits": [lambda folder: data.Digits()],
    "eight-gaussians": [lambda folder: data.EightGaussians(n=40)],
    "file": [file_kind],
    "gaussian": [lambda folder: data.Gaussian(dim=3, n=10, mean=1.0, sd=2.0)],
}

PREDICTIONS = {
    "gaussian-decay": ["gaussian-decay"],
    "neutral-drift": ["coin-drift"],
    "population-map": ["two-tribes", "compromise"],
}
"""Prediction -> the ready scenarios that it is tried on."""

TABLES = {
    "data": DATA,
    "model": MODELS,
    "reward": REWARDS,
    "groups": GROUPS,
    "curation": CURATORS,
    "regime": REGIMES,
    "metrics": STATE_METRICS | SELECTION_METRICS,
    "prediction": PREDICTIONS,
}
