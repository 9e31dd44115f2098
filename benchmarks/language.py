"""The language model at the paper's size: training steps, and drawing texts."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.models import LanguageModel

LAYERS, HEADS, WIDTH, VOCABULARY, LENGTH = 6, 6, 384, 8000, 96
BATCH, STEPS, DRAWN, TOP_P, RATE = 8, 4, 200, 0.9, 5e-5


def _model(scale: float) -> LanguageModel:
    return LanguageModel(
        layers=scaled(LAYERS, scale, 1),
        heads=HEADS,
        width=HEADS * scaled(WIDTH // HEADS, scale),
        steps=STEPS,
        batch=BATCH,
        rate=RATE,
        top_p=TOP_P,
        at_once=DRAWN,
        size=scaled(VOCABULARY, scale),
        length=scaled(LENGTH, scale),
    )


def _rows(model: LanguageModel) -> np.ndarray:
    shape = (64, model.length)
    return np.random.default_rng(0).integers(model.size, size=shape).astype(np.int32)


def _start(model: LanguageModel) -> object:
    read = jnp.zeros((1, model.length), jnp.int32)
    return jax.jit(model.network.init)(jax.random.key(0), read)


def _rival(model: LanguageModel):
    from benchmarks.torch_decoder import Decoder

    return Decoder(model.size, model.length, model.layers, model.heads, model.width)


def _make_training(scale: float) -> Case:
    import torch  # ty: ignore[import-not-found]

    model = _model(scale)
    x, start, network = jnp.asarray(_rows(model)), _start(model), _rival(model)
    key, ones = jax.random.key(1), jnp.ones(len(x))
    fit = jax.jit(model.fit).lower(key, start, x, ones).compile()
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.01)
    rows = torch.from_numpy(_rows(model)).long()

    def train() -> None:
        for _ in range(STEPS):
            read = rows[torch.randint(len(rows), (BATCH,))]
            first = torch.full((BATCH, 1), model.size)
            logits, _ = network(torch.cat([first, read[:, :-1]], 1))
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), read.ravel())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()

    return Case(lambda: jax.block_until_ready(fit(key, start, x, ones)), train)


def _make_drawing(with_memory: bool, scale: float) -> Case:
    from benchmarks.torch_decoder import generate

    model = _model(scale)
    start, network = _start(model), _rival(model)
    key, n = jax.random.key(1), scaled(DRAWN, scale)
    draw = jax.jit(model.sample, static_argnums=2).lower(key, start, n).compile()
    return Case(
        lambda: jax.block_until_ready(draw(key, start)),
        lambda: generate(network, n, model.length, TOP_P, with_memory),
    )


_SIZE = "decoder 6 x 6 x 384, vocabulary 8 000, 96 tokens"
BENCHMARKS = [
    Benchmark(
        "decoder-training",
        f"{_SIZE}: 4 training steps, batch 8, float32",
        "PyTorch, fused attention",
        ("torch",),
        1.0,
        _make_training,
        memory=True,
    ),
    Benchmark(
        "decoder-drawing",
        f"{_SIZE}: 200 sequences by nucleus sampling",
        "PyTorch, fused attention, without memory",
        ("torch",),
        5.0,
        lambda scale: _make_drawing(False, scale),
        memory=True,
    ),
    Benchmark(
        "decoder-memory",
        f"{_SIZE}: 200 sequences by nucleus sampling",
        "PyTorch, fused attention, with a key-value memory",
        ("torch",),
        2.0,
        lambda scale: _make_drawing(True, scale),
        memory=True,
    ),
]
