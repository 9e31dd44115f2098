"""What a run will take: counted operations and bytes, no measurement."""

from __future__ import annotations

import retrain_sim as rs
from retrain_sim.models.work import work_of
from retrain_sim.registry import build
from retrain_sim.sweeping.estimate import in_time
from retrain_sim.sweeping.footprint import in_words

PIXELS = 3 * 32 * 32
DEVICE = 1e14
"""Operations per second that a device is supposed to sustain (100 TFLOP/s)."""


def cost_lines(spec: rs.Spec) -> list[str]:
    """Say how much memory and arithmetic a run on CIFAR-10 needs.

    Args:
        spec: a flow on images of 32x32 pixels in color.

    Returns:
        Two lines for people.
    """
    model = build("model", spec.values["model"], "model")
    work = work_of(model.replace(dim=PIXELS, image_shape=(32, 32, 3)))
    sizes, run = spec.values["curation"], spec.run
    pool = 4 * PIXELS * sizes["n_candidates"]
    one = model.steps * work.step + sizes["n_candidates"] * work.sample
    n_rounds = len(spec.arms) * run.seeds * run.rounds
    total = model.initial_steps * work.step + n_rounds * one
    return [
        f"memory: about {in_words(work.training)} to train {work.parameters / 1e6:.0f} "
        f"million parameters, {in_words(3 * pool)} for the pool (counted)",
        f"arithmetic: {one / 1e15:.3g} PFLOP a round, {total / 1e18:.3g} EFLOP in all: "
        f"{in_time(one / DEVICE)} and {in_time(total / DEVICE)} at a sustained "
        f"{DEVICE / 1e12:.0f} TFLOP/s (not measured)",
    ]
