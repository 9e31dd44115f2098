"""The contracts: what every component promises. Read this file first.

One letter means one thing everywhere in the shapes:

====  =======================================================
n     samples (candidates of a round, or atoms of the theory)
d     dimensions of one sample
m     reward functions, each with a voter weight
k     candidates shown to one voter (the slate)
v     judges: voters, or one joint score of all rewards
g     groups (classes, modes, basins or letters)
t     rounds; T rounds give T + 1 rows, row t describes p_t
s     seeds
====  =======================================================

Components are frozen pytree dataclasses: floats are leaves (they sweep without a new
compilation), sizes, strings and callables are static. They are never validated in
``__init__`` (it sees tracers) but once, on the host, by ``retrain_sim.registry``.
A component may define two host-side hooks:

* ``check() -> Iterator[tuple[field, message]]``: what is wrong with its own values;
* ``prepare(kit) -> Self``: itself completed with arrays that depend on the data
  (class centers, a trained classifier); ``kit`` is ``retrain_sim.kit.Kit``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, runtime_checkable

from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.component import component as component
from retrain_sim.component import filled as filled
from retrain_sim.component import part as part
from retrain_sim.component import parts_of as parts_of
from retrain_sim.component import static as static

Params = Any
"""What a model needs to fit and to sample: any pytree of arrays."""

Samples = Array
"""Outcomes along the leading axis: ``[n, d]`` floats, ``[n]`` letters (int32), or
sequences of letters ``[n, length]`` (int32; -1 is past the end)."""

Data = tuple[Samples, Float[Array, " _"]]
"""Samples and their weights."""

Pool = Any
"""What a regime carries from round to round: a pytree of fixed shape."""

Rows = dict[str, Array]
"""Named scalars of one round, such as ``collapse/class_entropy``."""


class View(NamedTuple):
    """Weighted outcomes as everybody sees them.

    The candidates of a round, or the atoms of the theory. ``weights`` are counts
    (``>= 0``, not normalized, 0 = absent): their sum is the sample size.
    """

    x: Samples
    weights: Float[Array, " n"]
    rewards: Float[Array, "m n"]
    groups: Int[Array, " n"]


class Selection(NamedTuple):
    """Which candidates were kept, and which voter kept each.

    An index of -1 says that no candidate may be kept: the run then stops.
    """

    index: Int[Array, " n_kept"]
    voter: Int[Array, " n_kept"]


class Judges(NamedTuple):
    """Who decides: the score of every candidate by every judge.

    Judge j decides with probability ``weights[j]`` (they sum to one) on behalf of the
    reward number ``voter[j]``. Theory calls the scores rewards and the judges voters.
    """

    scores: Float[Array, "v n"]
    weights: Float[Array, " v"]
    voter: Int[Array, " v"]


@component
class Frame:
    """What metrics measure against: held-out real data, and the names of things."""

    reference: View
    group_names: tuple[str, ...] = static()
    reward_names: tuple[str, ...] = static()


class GenerativeModel(Protocol):
    """A distribution p_t = (model, params) that can be refitted and sampled."""

    def init(
        self, key: PRNGKeyArray, data: Samples, weights: Float[Array, " n"]
    ) -> Params:
        """Fit p_0 to real data."""
        ...

    def fit(
        self,
        key: PRNGKeyArray,
        params: Params,
        data: Samples,
        weights: Float[Array, " n"],
    ) -> Params:
        """Retrain once: weighted maximum likelihood (or its training procedure)."""
        ...

    def sample(self, key: PRNGKeyArray, params: Params, n: int) -> Samples:
        """Draw n i.i.d. outcomes."""
        ...


@runtime_checkable
class Enumerable(Protocol):
    """A model whose outcomes can be listed: it is measured exactly, not by samples."""

    def support(self, params: Params) -> tuple[Samples, Float[Array, " n"]]:
        """Every outcome, and its probability."""
        ...


@runtime_checkable
class Density(Protocol):
    """A model whose law has a formula: the law that ``sample`` draws from."""

    def log_prob(self, params: Params, x: Samples) -> Float[Array, " n"]:
        """Evaluate the log density (log probability of letters) of every outcome."""
        ...


@runtime_checkable
class Storing(Protocol):
    """A model whose parameters hold its training set, which must keep one size."""

    def reserve(self, params: Params, n: int) -> Params:
        """Make room for n rows, before the first round; the law stays the same."""
        ...


@runtime_checkable
class Diagnosed(Protocol):
    """A model that reports on its own fit, round by round, beside the metrics."""

    def diagnostics(self, params: Params) -> Rows:
        """Name scalars of the fitted parameters, such as ``model/floored``."""
        ...


@runtime_checkable
class Probed(Protocol):
    """A model that is measured on outcomes of its own choice, not on candidates.

    Unlike a support they need not be all outcomes, nor likely ones: only the metrics
    see them, and the theory keeps to samples.
    """

    def probe(self, params: Params) -> tuple[Samples, Float[Array, " n"]]:
        """Return outcomes that show the model exactly, and their weights."""
        ...


class Source(Protocol):
    """The law of the real data itself: fresh real samples inside a program."""

    def draw(self, key: PRNGKeyArray, n: int) -> Samples:
        """Draw n i.i.d. outcomes; traceable in the key, n is static."""
        ...


class Reward(Protocol):
    """A reward function; a deterministic score of each outcome alone."""

    def __call__(self, x: Samples) -> Float[Array, " n"]:
        """Score every outcome."""
        ...


class Groups(Protocol):
    """A labeller: what entropy, shares and spread are about."""

    @property
    def names(self) -> tuple[str, ...]:
        """Name every group, in the order of the labels."""
        ...

    def __call__(self, x: Samples, rewards: Float[Array, "m n"]) -> Int[Array, " n"]:
        """Label every outcome with a group in ``0 .. len(names) - 1``."""
        ...


class Curator(Protocol):
    """A rule that keeps ``n_kept`` of ``n_candidates`` candidates."""

    @property
    def n_candidates(self) -> int:
        """Candidates drawn from the model each round."""
        ...

    @property
    def n_kept(self) -> int:
        """Samples kept each round."""
        ...

    def select(
        self, key: PRNGKeyArray, view: View, log_prob: Float[Array, " n"] | None
    ) -> Selection:
        """Choose, always, exactly ``n_kept`` candidates."""
        ...


@runtime_checkable
class KnownCuration(Protocol):
    """A curator whose one-round law is known exactly."""

    def multiplier(self, view: View, probs: Any) -> Any:
        """Return the growth [n] of every atom in one round of an infinite pool."""
        ...


class ScoreRule(Protocol):
    """How rewards become the scores that decide: who judges, and what they value."""

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Score every candidate by every judge; ``log_prob`` only if it reads it."""
        ...


class Draw(Protocol):
    """How scores decide: which candidates are compared, and how many are kept.

    For theory a draw also has either ``luce``, slate size and temperature, if it is
    Luce's choice, or ``multiplier(scores [v, n], weights [v], probs [n], kept_share)``,
    the growth [n] of every atom in one round of an infinite pool.
    """

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Return the kept candidates, and the judge who kept each."""
        ...

    def pool_errors(self, n_candidates: int, n_kept: int) -> Iterator[tuple[str, str]]:
        """Yield what does not fit the sizes of the pool: (field, message)."""
        ...


class Regime(Protocol):
    """What the next training set is: replaced, mixed with real data, accumulated.

    Optional: ``on_atoms(x)``, itself where samples are indices into ``x``; and
    ``judged_by(curator, rewards)``, itself given the scenario's rule and rewards.
    """

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Make the pool of round 0, in its final shape."""
        ...

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return the new pool, and the training data with their weights."""
        ...


@runtime_checkable
class KnownMixture(Protocol):
    """A regime whose training law is known: p_{t+1} of an ideal fit."""

    def law(self, kept: Any, real: Any, n_kept: int) -> Any:
        """Mix the laws [t, n] kept in rounds 1 .. t and the real law [n]."""
        ...


@runtime_checkable
class Resampler(Protocol):
    """A regime that changes how a model is sampled."""

    def generator(self, model: Any) -> Any:
        """Return the model as its samples are drawn."""
        ...


class Metric(Protocol):
    """Named scalars of a view; on the predicted atoms the same code predicts them.

    Unless its class says ``predictable = False``: where neighbors are counted, an atom
    of weight 10 is ten copies, which no model draws. ``pairs = True`` says that the
    cost grows with the square of the outcomes.
    """

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the view; ``sum(view.weights)`` is the sample size."""
        ...


class SelectionMetric(Protocol):
    """Named scalars of one act of curation (T rows for T rounds)."""

    def __call__(self, view: View, selection: Selection, frame: Frame) -> Rows:
        """Measure what was kept of the view, and by whom."""
        ...


class FitMetric(Protocol):
    """Named scalars of one act of retraining (T rows for T rounds)."""

    def __call__(self, data: Data, view: View, frame: Frame) -> Rows:
        """Measure the training set, and what the model draws after it."""
        ...
