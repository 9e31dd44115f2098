"""A language model: p(symbol | all symbols before it), by a small GPT."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.decoder import Decoder
from retrain_sim.models.generation import generate
from retrain_sim.models.networks import PRECISIONS
from retrain_sim.models.sequences import letters_of, reached
from retrain_sim.models.training import tune
from retrain_sim.models.truncation import draw_truncated, truncated
from retrain_sim.ranges import at_least, positive
from retrain_sim.rows import deal
from retrain_sim.sampling import cumulative_weights, weighted_index


@component
class LanguageModel:
    """A GPT-2-style decoder on letters or tokens.

    Sequences are ``[n, length]`` int32. -1 is past the end: where the data have it, the
    end is one more symbol that is learned and drawn, once, and positions after it take
    no part in the loss. A fit minimizes the cross-entropy of whole sequences, drawn
    into mini-batches with probability proportional to their weights. Samples are drawn
    with a key-value memory, and drawing stops when all sequences have ended.

    Args:
        layers: blocks, >= 1.
        heads: of attention, >= 1.
        width: of the embedding, a multiple of ``heads``.
        initial_steps: optimizer steps of the fit to real data (p_0), and of every
            cold start.
        steps: optimizer steps of one warm retraining.
        epochs: passes over the training set in one warm retraining, in place of
            ``steps``; 0 counts steps.
        batch: sequences of a mini-batch.
        initial_rate: greatest learning rate of the fit to real data.
        rate: greatest learning rate of a retraining.
        weight_decay: of AdamW, >= 0.
        average: decay in [0, 1) of the moving average of the parameters that is
            kept; 0 keeps the last ones.
        warm: start a retraining from the last model (else afresh).
        precision: of the matrix products: ``float32`` or ``bfloat16``.
        temperature: of the draws, > 0: logits are divided by it.
        top_k: draw from the k likeliest symbols only; 0 is all.
        top_p: draw from the fewest symbols that have this mass only (the nucleus), in
            (0, 1]; 1 is all.
        at_once: sequences drawn (or evaluated) at once, which bounds the memory.
        size: number of letters; taken from the data.
        length: letters of a sequence; taken from the data.
        ends: whether sequences may end early; taken from the data.

    References:
        A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019;
        A. Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020,
        arXiv 1904.09751 (nucleus).
    """

    layers: int = static(default=2)
    heads: int = static(default=4)
    width: int = static(default=128)
    initial_steps: int = static(default=2000)
    steps: int = static(default=200)
    epochs: float = static(default=0.0)
    batch: int = static(default=32)
    initial_rate: float = 2e-3
    rate: float = 5e-4
    weight_decay: float = 0.01
    average: float = static(default=0.0)
    warm: bool = static(default=True)
    precision: str = static(default="float32")
    temperature: float = 1.0
    top_k: int = static(default=0)
    top_p: float = 1.0
    at_once: int = static(default=256)
    size: int = static(default=0, metadata={"setting": False})
    length: int = static(default=0, metadata={"setting": False})
    ends: bool = static(default=False, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        ones = ("layers", "heads", "width", "initial_steps", "steps", "batch")
        yield from at_least(self, **dict.fromkeys((*ones, "at_once"), 1))
        yield from at_least(self, epochs=0, top_k=0, weight_decay=0)
        yield from positive(self, "initial_rate", "rate", "temperature")
        if self.heads > 0 and self.width % self.heads:
            yield "width", f"must be a multiple of heads = {self.heads}"
        if not 0 <= self.average < 1:
            yield "average", f"must be in [0, 1), got {self.average}"
        if not 0 < self.top_p <= 1:
            yield "top_p", f"must be above 0 and at most 1, got {self.top_p}"
        if self.precision not in PRECISIONS:
            allowed = ", ".join(PRECISIONS)
            yield "precision", f"unknown {self.precision!r}; allowed: {allowed}"

    def prepare(self, kit) -> LanguageModel:
        """Take the letters and the length from the data."""
        kit.need("sequences", "model.kind", "language-model")
        return dataclasses.replace(self, **letters_of(kit))

    @property
    def network(self) -> Decoder:
        """The network, of the data's size."""
        return Decoder(
            self.size + self.ends,
            self.length,
            self.layers,
            self.heads,
            self.width,
            PRECISIONS[self.precision],
        )

    def init(
        self,
        key: PRNGKeyArray,
        data: Int[Array, "n length"],
        weights: Float[Array, " n"],
    ) -> Params:
        """Train p_0 on real data, from random parameters."""
        key_init, key_fit = jax.random.split(key)
        start = self.network.init(key_init, data[:1])
        longer = dataclasses.replace(
            self,
            steps=self.initial_steps,
            rate=self.initial_rate,
            epochs=0.0,
            warm=True,
        )
        return longer.fit(key_fit, start, data, weights)

    def fit(
        self, key: PRNGKeyArray, params: Params, data: Int[Array, "n length"], weights
    ) -> Params:
        """Retrain on weighted sequences, from ``params`` or afresh."""
        if not self.warm:
            return self.init(key, data, weights)
        cumulative, total = cumulative_weights(weights), weights.sum()
        n_reached = reached(data).sum(axis=1)
        # Not the tokens of the mini-batch at hand: their number depends on what is
        # drawn, and a ratio would favor short sequences.
        n_tokens = self.batch * (weights * n_reached).sum() / total

        def loss(key: PRNGKeyArray, params: Params) -> Float[Array, ""]:
            x = deal(data[weighted_index(key, cumulative, self.batch)])
            logits = self.logits(params, x)
            sums = jnp.where(reached(x), jax.nn.logsumexp(logits, axis=2), 0)
            return (sums.sum() - self._along(logits, x).sum()) / n_tokens

        steps = self.epochs * total / self.batch
        n_steps = jnp.maximum(steps, 1).astype(int) if self.epochs else self.steps
        how = (n_steps, self.rate, self.weight_decay, self.average)
        return tune(key, params, loss, *how)

    def logits(
        self, params: Params, x: Int[Array, "n length"]
    ) -> Float[Array, "n length symbols"]:
        """Return the logits of the symbol at every position, given those before it.

        The last symbol is the end, if sequences may end.
        """
        symbol = jnp.where(x < 0, self.size, x)
        first = jnp.full_like(symbol[:, :1], self.size + self.ends)
        read = jnp.concatenate([first, symbol[:, :-1]], axis=1)
        logits: Any = self.network.apply(params, read)
        return logits[0]

    def _along(
        self, values: Float[Array, "n length symbols"], x: Int[Array, "n length"]
    ) -> Float[Array, " n"]:
        """Sum the values of the symbols that are reached."""
        symbol = jnp.where(x < 0, self.size, x)
        # Past the end without an end symbol nothing is reached but an empty sequence.
        found = jnp.take_along_axis(
            values, jnp.minimum(symbol, values.shape[2] - 1)[..., None], axis=2
        )[..., 0]
        return jnp.where(reached(x), found, 0).sum(axis=1)

    def sample(self, key: PRNGKeyArray, params: Params, n: int) -> Int[Array, "n _"]:
        """Draw n sequences, ``at_once`` together."""

        def draw(key: PRNGKeyArray, logits: Array) -> Array:
            law = jax.nn.softmax(logits / self.temperature)
            return draw_truncated(key, law, self.top_k, self.top_p)

        def rows(key: PRNGKeyArray) -> Array:
            return generate(key, self.network, params, at_once, self.ends, draw)

        at_once = min(n, self.at_once)
        drawn = jax.lax.map(rows, jax.random.split(key, -(-n // at_once)))
        return drawn.reshape(-1, self.length)[:n]

    def log_prob(self, params: Params, x: Int[Array, "n length"]) -> Float[Array, " n"]:
        """Return the log probability of every sequence, in nats; -inf if impossible.

        Of the law that ``sample`` draws from: tempered and truncated.
        """

        def one(x: Int[Array, " length"]) -> Float[Array, ""]:
            law = jax.nn.softmax(self.logits(params, x[None])[0] / self.temperature)
            law = truncated(law, self.top_k, self.top_p)
            return self._along(jnp.log(law)[None], x[None])[0]

        return jax.lax.map(one, x, batch_size=min(len(x), self.at_once))
