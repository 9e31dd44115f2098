"""How much of a device training uses: ``python -m benchmarks.utilization``.

Trains the U-Net ``base`` and the decoder at the paper's size in bfloat16, and adds the
rows to ``RESULTS.md``, with device and versions.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from benchmarks.case import scaled
from benchmarks.language import HEADS, LAYERS, LENGTH, VOCABULARY, WIDTH
from benchmarks.results import markdown
from retrain_sim.files import write_text
from retrain_sim.models import FlowMatching, LanguageModel
from retrain_sim.models.fields import field_of
from retrain_sim.provenance import versions
from retrain_sim.tables import Table, number
from retrain_sim.terminal import console, print_table

FILE = Path(__file__).parent / "RESULTS.md"
HEADER = ["work", "parameters", "batch", "ms per step", "model TFLOP/s"]
HEADER += ["of the published peak", "of a matrix product", "MB", "device and versions"]
PUBLISHED = {
    "B200": 2250,
    "H200": 989,
    "H100": 989,
    "L40S": 362,
    "A100": 312,
    "L4": 121,
}
"""TFLOP/s in bfloat16, dense, by NVIDIA's data sheets (SXM where there are several)."""
STEPS, REPEATS, SIDE, IMAGES, SEQUENCES = 10, 5, 8192, 128, 64
PIXELS = (32, 32, 3)


class Work(NamedTuple):
    """Training ``steps`` of a network, and one application of it to a batch."""

    name: str
    model: Any
    params: Any
    data: jax.Array
    forward: Callable[..., Any]
    batch: tuple[Any, ...]


def main(words: list[str] | None = None, file: Path = FILE) -> None:
    """Measure both networks; print the rows and add them to RESULTS.md."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.utilization", description=__doc__
    )
    parser.add_argument("--scale", type=float, default=1.0, help="below 1: a quick try")
    scale = parser.parse_args(words).scale
    product = product_rate(scaled(SIDE, scale))
    rows = [measure(work, product, scale) for work in (unet(scale), decoder(scale))]
    print_table(console(), Table(HEADER, rows))
    add(rows, file)


def add(rows: list[list[str]], file: Path) -> None:
    """Write rows below those that are there, or below a heading."""
    before = file.read_text(encoding="utf-8") if file.exists() else _heading()
    write_text(file, before + markdown(Table(HEADER, rows), header=False))


def unet(scale: float) -> Work:
    """Make the flow-matching U-Net ``base``, or ``tiny`` at a scale below 1."""
    size = "base" if scale == 1 else "tiny"
    shape = PIXELS if scale == 1 else (8, 8, 3)
    dim, batch = shape[0] * shape[1] * shape[2], scaled(IMAGES, scale)
    model = FlowMatching(
        network="unet",
        size=size,
        precision="bfloat16",
        steps=scaled(STEPS, scale),
        batch=batch,
        image_shape=shape,
        dim=dim,
    )
    network, data = field_of(model), jax.random.normal(jax.random.key(0), (1024, dim))
    params = jax.jit(network.init)(jax.random.key(1), data[:1], jnp.zeros((1, 1)))
    inputs = data[:batch], jnp.zeros((batch, 1))
    return Work(f"U-Net {size}", model, params, data, network.apply, inputs)


def decoder(scale: float) -> Work:
    """Make the decoder at the paper's size, times the scale."""
    model = LanguageModel(
        layers=scaled(LAYERS, scale, 1),
        heads=HEADS,
        width=HEADS * scaled(WIDTH // HEADS, scale),
        precision="bfloat16",
        steps=scaled(STEPS, scale),
        batch=scaled(SEQUENCES, scale),
        size=scaled(VOCABULARY, scale),
        length=scaled(LENGTH, scale),
    )
    shape = (1024, model.length)
    data = jax.random.randint(jax.random.key(0), shape, 0, model.size)
    params = jax.jit(model.network.init)(jax.random.key(1), data[:1])
    sizes = f"{model.layers} x {model.heads} x {model.width}"
    batch = (data[: model.batch],)
    return Work(f"decoder {sizes}", model, params, data, model.logits, batch)


def step_flops(work: Work) -> float:
    """Count a training step: three times its forward pass, as the compiler counts it.

    What is computed again, or for the optimizer, does not count.

    References:
        A. Chowdhery et al., "PaLM: Scaling Language Modeling with Pathways", JMLR 2023,
        arXiv 2204.02311, appendix B.
    """
    lowered = jax.jit(work.forward).lower(work.params, *work.batch)
    found: Any = lowered.cost_analysis()
    return 3 * found["flops"]


def published_peak(kind: str) -> float:
    """Return the TFLOP/s that the maker of a device promises; NaN if unknown.

    Example:
        >>> published_peak("NVIDIA H200"), published_peak("cpu")
        (989, nan)
    """
    return next((rate for name, rate in PUBLISHED.items() if name in kind), math.nan)


def measure(work: Work, product: float, scale: float = 1.0) -> list[str]:
    """Train, and return the row: ``product`` is the TFLOP/s of a matrix product."""
    model, ones = work.model, jnp.ones(len(work.data))
    inputs = jax.random.key(2), work.params, work.data, ones
    fit = jax.jit(model.fit).lower(*inputs).compile()
    seconds = _median_seconds(lambda: fit(*inputs)) / model.steps
    rate = step_flops(work) / seconds / 1e12
    n_parameters = sum(leaf.size for leaf in jax.tree.leaves(work.params))
    cells = [rate / published_peak(jax.devices()[0].device_kind), rate / product]
    shares = [f"{share:.1%}" if share == share else "-" for share in cells]
    told = ", ".join(f"{name} {found}" for name, found in versions().items())
    about = f"{told}; scale {scale:g}" if scale != 1 else told
    size = [f"{n_parameters / 1e6:.2f} M", str(model.batch)]
    speed = [number(1000 * seconds), number(rate)]
    return [work.name, *size, *speed, *shares, _megabytes(fit), about]


def product_rate(side: int) -> float:
    """Return the TFLOP/s of a product of two square matrices in bfloat16."""
    square = jnp.ones((side, side), jnp.bfloat16)
    product = jax.jit(jnp.matmul).lower(square, square).compile()
    return 2 * side**3 / _median_seconds(lambda: product(square, square)) / 1e12


def _median_seconds(work: Callable[[], Any]) -> float:
    jax.block_until_ready(work())
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        jax.block_until_ready(work())
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _megabytes(program: Any) -> str:
    """Say what a program needs at most: arguments, results and what is between."""
    found = program.memory_analysis()
    parts = "argument", "output", "temp"
    total = sum(getattr(found, f"{part}_size_in_bytes") for part in parts)
    return number(total / 2**20)


def _heading() -> str:
    return (
        "# Utilization\n\nWritten by `python -m benchmarks.utilization`: training steps"
        " in bfloat16, their model FLOPs (three\nforward passes) over the time, as"
        " shares of the peak that the maker publishes and of the rate\nof a large"
        f" matrix product measured beside them.\n\n{markdown(Table(HEADER, []))}"
    )


if __name__ == "__main__":
    main()
