"""One table per contract: every kind of the registry, made small and ready to call."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from image_files import cifar_folder, idx_folder, image_file, picture_folder
from policy_cases import POLICY_TABLES

from retrain_sim import curation, data, groups, metrics, models, regimes, rewards
from retrain_sim.base import Frame, Selection, View
from retrain_sim.classifier import WIDTH, Classifier
from retrain_sim.curation import draws, scores
from retrain_sim.lengths import word_marks
from retrain_sim.models.networks import Perceptron

N, D, G = 24, 2, 3
LETTERS = jnp.asarray(np.arange(N) % G, jnp.int32)
VECTORS = jax.random.normal(jax.random.key(1), (N, D))
SEQUENCES = jnp.asarray(np.random.default_rng(4).integers(G, size=(N, 5)), jnp.int32)
ENDING = SEQUENCES.at[::2, 3:].set(-1).at[1::3, 4:].set(-1)
SCORES = jax.random.normal(jax.random.key(2), (2, N))
LABELS = jnp.asarray(np.arange(N) % G, jnp.int32)
MARKS = word_marks((b"a", b" b", b" "))
NAMES = ("a", "b", "c")


def f32(value):
    """Make a leaf as the registry does."""
    return np.asarray(value, np.float32)


def a_classifier():
    network = Perceptron((WIDTH, G))
    return Classifier(jax.jit(network.init)(jax.random.key(3), VECTORS[:1]), G)


def a_vae():
    """Return parameters of ``SMALL_VAE``."""
    return jax.jit(SMALL_VAE.init)(jax.random.key(4), VECTORS, jnp.ones(N))


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
    tolerance=f32(1e-2),
    bound=f32(np.inf),
    sampling_bias=f32(1.0),
    dim=D,
)
QUICK = {
    "hidden": (8,),
    "initial_steps": 4,
    "steps": 3,
    "batch": 16,
    "initial_rate": f32(2e-3),
    "rate": f32(1e-3),
    "sampling_bias": f32(0.9),
    "dim": D,
}
SMALL_DIFFUSION = models.Diffusion(
    levels=9, solver_steps=3, eta=f32(0.5), bound=f32(9), **QUICK
)
SMALL_VAE = models.VariationalAutoencoder(latent=2, average=0.9, **QUICK)

MODELS = {
    "categorical": [ModelCase(models.Categorical(G), LETTERS)],
    "coupling-flow": [ModelCase(models.CouplingFlow(n_couplings=2, **QUICK), VECTORS)],
    "diffusion": [
        ModelCase(SMALL_DIFFUSION, VECTORS),
        ModelCase(SMALL_DIFFUSION.replace(target="velocity"), VECTORS),
    ],
    "flow-matching": [
        ModelCase(SMALL_FLOW, VECTORS),
        ModelCase(SMALL_FLOW.replace(coupling="optimal-transport"), VECTORS),
        ModelCase(SMALL_FLOW.replace(solver="adaptive"), VECTORS),
    ],
    "gaussian": [
        ModelCase(models.Gaussian(0, f32(1.0)), VECTORS),
        ModelCase(models.Gaussian(1, f32(0.5)), VECTORS),
    ],
    "linear-regression": [
        ModelCase(models.LinearRegression(design, f32(0.5), VECTORS[:, :-1]), VECTORS)
        for design in ("same", "fresh")
    ],
    "n-gram": [
        ModelCase(models.NGram(1, f32(0.5), G, 5), SEQUENCES),
        ModelCase(models.NGram(2, f32(0.0), G, 5), SEQUENCES),
        ModelCase(models.NGram(3, f32(0.1), G, 5, ends=True), ENDING),
    ],
    "vae": [ModelCase(SMALL_VAE, VECTORS)],
}


TINY_GPT = models.LanguageModel(
    layers=1,
    heads=2,
    width=8,
    initial_steps=3,
    steps=1,
    epochs=2.0,
    batch=16,
    at_once=24,
    size=G,
    length=5,
    ends=True,
)
MODELS["language-model"] = [ModelCase(jax.tree.map(f32, TINY_GPT), ENDING)]

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
    "ball": [RewardCase(rewards.Ball(f32([1.0, 0.0]), f32(0.5), f32(10.0)), VECTORS)],
    "class-probability": [
        RewardCase(
            rewards.ClassProbability(1, f32(5.0), classifier=a_classifier()), VECTORS
        )
    ],
    "confidence": [
        RewardCase(rewards.Confidence(f32(15.0), classifier=a_classifier()), VECTORS)
    ],
    "distance": [
        RewardCase(rewards.Distance(f32([1.0, 0.0]), f32(2.0), norm), VECTORS)
        for norm in (1, 2.0, 3.5, float("inf"))
    ],
    "import": [
        RewardCase(rewards.Imported(_PATH, host, first_coordinate), VECTORS)
        for host in (False, True)
    ],
    "jump-disc": [
        RewardCase(
            rewards.JumpDisc(f32([1.0, 0.0]), f32(1.0), f32(1.0), f32(2.0)), VECTORS
        )
    ],
    "length": [
        RewardCase(rewards.Length(f32(2), f32(1), "words", MARKS), ENDING),
        RewardCase(rewards.Length(f32(2), f32(1), "letters"), ENDING),
    ],
    "linear": [RewardCase(rewards.Linear(f32([1.0, -2.0])), VECTORS)],
    "quadratic-peak": [
        RewardCase(rewards.QuadraticPeak(f32([1.0, 0.0]), f32(2.0)), VECTORS)
    ],
    "region": [
        RewardCase(
            rewards.Region(f32([-1, -np.inf]), f32([1, 0]), (), f32(1)), VECTORS
        ),
        RewardCase(
            rewards.Region(f32([0] * 5), f32([1] + [2] * 4), (), f32(1)), ENDING
        ),
        RewardCase(rewards.Region(f32([]), f32([]), (0, 2), f32(1)), LETTERS),
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
    "by-length": [
        GroupsCase(groups.ByLength("words", 5, tuple("01234567")[:7], MARKS), ENDING)
    ],
    "classifier": [GroupsCase(groups.ByClassifier(a_classifier(), NAMES), VECTORS)],
    "nearest-mode": [
        GroupsCase(groups.NearestMode(f32([[1, 0], [0, 1], [-1, -1]]), NAMES), VECTORS)
    ],
    "symbol": [
        GroupsCase(groups.Symbol(0, NAMES, G), SEQUENCES),
        GroupsCase(groups.Symbol(4, (*NAMES, "end"), G), ENDING),
    ],
}


def _voter():
    return scores.RandomVoter(f32([0.25, 0.75]))


def _k_choice(slate_size, n_kept=10, temperature=1.0):
    weights = f32([0.25, 0.75])
    return curation.KChoice(weights, slate_size, f32(temperature), N, n_kept)


SCORES_TABLE = {
    "adversarial-voters": [scores.AdversarialVoters(_voter(), f32(0.25))],
    "careless-voters": [scores.CarelessVoters(_voter(), f32(0.25))],
    "max-min": [scores.MaxMin()],
    "nash-product": [scores.NashProduct(f32([0.25, 0.75]), f32([-4.0, -4.0]))],
    "novelty": [scores.Novelty(_voter(), f32(0.5))],
    "power-novelty": [scores.PowerNovelty(_voter(), f32(0.5))],
    "random-voter": [_voter()],
    "weighted-sum": [scores.WeightedSum(f32([1.0, -0.5]))],
}

DRAWS = {
    "best-of": [draws.BestOf(3)],
    "disjoint-slates": [draws.DisjointSlates(2, f32(0.5))],
    "rejection": [draws.Rejection()],
    "slates": [draws.Slates(3, f32(0.5)), draws.Slates(float("inf"), f32(0.5))],
    "softmax": [draws.Softmax(f32(0.5))],
    "softmax-distinct": [draws.SoftmaxDistinct(f32(0.5))],
    "top-fraction": [draws.TopFraction(f32(0.5))],
}


def _rules():
    """Every score rule with slates, and every draw with a random voter."""
    pairs = [
        (case, draws.Slates(3, f32(1.0))) for c in SCORES_TABLE.values() for case in c
    ]
    pairs += [(_voter(), case) for cases in DRAWS.values() for case in cases]
    return [curation.Rule(score, draw, N, 10) for score, draw in pairs]


CURATORS = {
    "chain": [
        curation.Chain(
            _k_choice(3, n_kept=12), curation.KChoice(f32([1, 0]), 2, f32(1.0), 12, 5)
        )
    ],
    "rule": _rules(),
    "k-choice": [
        _k_choice(1, temperature=float("inf")),
        _k_choice(3, n_kept=2 * N),
        _k_choice(float("inf")),
    ],
    "none": [curation.Uncurated(n_kept=10, n_candidates=N)],
}

VECTORS_ONLY = ("curated-pool", "external-anchor", "kalman-share", "verifier-filter")
_REPLACE, _PEAK = regimes.Replace(), rewards.QuadraticPeak(f32([1.0, 0.0]), f32(1.0))

REGIMES = {
    "accumulate": [regimes.Accumulate(), regimes.Accumulate(N)],
    "accumulate-subsample": [regimes.AccumulateSubsample(5, 6)],
    "curated-pool": [regimes.CuratedPool(6, False, _k_choice(3, 8), (_PEAK, _PEAK))],
    "external-anchor": [
        regimes.ExternalAnchor(data.Gaussian(dim=D), f32(0.25), VECTORS, jnp.ones(N))
    ],
    "fixed-real": [regimes.FixedReal(6)],
    "fresh-real": [regimes.FreshReal(6)],
    "fresh-share": [regimes.FreshShare(6, f32(0.25))],
    "kalman-share": [regimes.KalmanShare(6, f32(0.1))],
    "sampling-bias": [regimes.SamplingBias(_REPLACE, f32(0.5))],
    "sliding-window": [regimes.SlidingWindow(2)],
    "verifier-filter": [
        regimes.VerifierFilter(_REPLACE, _PEAK, f32(-2.0), f32(0.9), f32(0.2))
    ],
    "real-share": [regimes.RealShare(f32(s)) for s in (0.0, 0.25, 1.0)],
    "replace": [regimes.Replace()],
}

VIEW = View(VECTORS, jnp.linspace(0.5, 2.0, N), SCORES, LABELS)
FRAME = Frame(VIEW._replace(x=2 * VECTORS[::-1] + 1), NAMES, ("r", "s"))
"""Elsewhere than the view: between equal laws a distance is all rounding."""

SELECTION = Selection(jnp.arange(0, 20, 2), jnp.asarray([0, 1] * 5))


class MetricCase(NamedTuple):
    metric: Any
    x: Any = VECTORS


REGION = {"center": f32([0, 0]), "whiten": np.eye(2, dtype=np.float32), "bound": f32(2)}

STATE_METRICS = {
    "diversity": [MetricCase(metrics.Diversity(f32(0.1)))],
    "energy-distance": [MetricCase(metrics.EnergyDistance())],
    "feature-variance": [MetricCase(metrics.FeatureVariance(a_classifier()))],
    "frechet": [
        MetricCase(metrics.Frechet()),
        MetricCase(metrics.Frechet("classifier", a_classifier())),
    ],
    "knn-entropy": [MetricCase(metrics.KnnEntropy(3, f32(1e-3)))],
    "latent-spread": [MetricCase(metrics.LatentSpread(SMALL_VAE, a_vae()))],
    "mmd": [MetricCase(metrics.Mmd(f32(1.0)))],
    "mode-coverage": [
        MetricCase(metrics.ModeCoverage(f32(0.5), f32(0.7), f32([[1, 0], [0, 9]])))
    ],
    "nearest-real": [MetricCase(metrics.NearestReal(VECTORS[:5] + 0.1, f32(0.3)))],
    "optimal-mass": [MetricCase(metrics.OptimalMass(f32(0.5), f32([0.4, 1.0])))],
    "precision-recall": [MetricCase(metrics.PrecisionRecall(3))],
    "public-choice": [MetricCase(metrics.PublicChoice(f32([0.3, 0.7]), f32(0.5)))],
    "recognizable": [MetricCase(metrics.Recognizable(f32(0.4), a_classifier()))],
    "regression-error": [
        MetricCase(metrics.RegressionError(f32([0.5]), f32(0.1))),
        MetricCase(metrics.RegressionError(f32([0.5]), None)),
    ],
    "rewards": [MetricCase(metrics.Rewards())],
    "shares": [MetricCase(metrics.Shares())],
    "sliced-wasserstein": [MetricCase(metrics.SlicedWasserstein(4))],
    "spread": [MetricCase(metrics.Spread())],
    "support-survival": [
        MetricCase(metrics.SupportSurvival(f32(0.1), f32([0.5, 0.5, 0.0])), LETTERS)
    ],
    "tail-mass": [
        MetricCase(metrics.TailMass(f32(0.1), **REGION)),
        MetricCase(metrics.TailMass(f32(0.1), np.arange(G) > 1), LETTERS),
    ],
    "variance": [MetricCase(metrics.Variance(ddof, f32(1e-9))) for ddof in (0, 1)],
    "vendi": [
        MetricCase(metrics.Vendi("cosine", f32(0.0), 99)),
        MetricCase(metrics.Vendi("gaussian", f32(1.0), 99)),
    ],
    "wasserstein-1d": [MetricCase(metrics.Wasserstein1D(1))],
}

SELECTION_METRICS = {
    "kept-shares": [metrics.KeptShares()],
    "leakage": [metrics.Leakage()],
}

FIT_METRICS = {"nearest-kept": [metrics.NearestKept()]}


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
    "blobs": [lambda folder: data.Blobs(n=30, blobs=4, dim=3)],
    "cifar10": [lambda folder: data.Cifar10(cifar_folder(folder), "all", 60)],
    "circles": [lambda folder: data.Circles(n=20)],
    "digits": [lambda folder: data.Digits(), lambda folder: data.Digits(16)],
    "eight-gaussians": [lambda folder: data.EightGaussians(n=40)],
    "fashion-mnist": [
        lambda folder: data.FashionMnist(idx_folder(folder), verify=False)
    ],
    "file": [file_kind],
    "gaussian": [lambda folder: data.Gaussian(dim=3, n=10, mean=1.0, sd=2.0)],
    "grid": [lambda folder: data.Grid(n=60, side=3)],
    "image-file": [lambda folder: data.ImageFile(image_file(folder))],
    "image-folder": [lambda folder: data.ImageFolder(picture_folder(folder), 4)],
    "mnist": [lambda folder: data.Mnist(idx_folder(folder), "all", verify=False)],
    "markov": [
        lambda folder: data.Markov(n=10, length=6, size=3),
        lambda folder: data.Markov(n=10, transitions=((0.5, 0.5), (1.0, 0.0))),
    ],
    "regression": [
        lambda folder: data.Regression(dim=3, n=10),
        lambda folder: data.Regression(n=10, coefficients=(1.0, -2.0)),
    ],
    "swiss-roll": [lambda folder: data.SwissRoll(n=20)],
    "text": [lambda folder: data.Text(tokenizer="words", length=9, n=20)],
    "two-moons": [lambda folder: data.TwoMoons(n=20)],
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
    "score": SCORES_TABLE,
    "draw": DRAWS,
    "regime": REGIMES,
    "metrics": STATE_METRICS | SELECTION_METRICS | FIT_METRICS,
    "prediction": PREDICTIONS,
    **POLICY_TABLES,
}
