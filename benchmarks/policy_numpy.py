"""The same policy gradients in NumPy, vectorized over seeds: what one would write."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

ARMS, RIGHT, GROUP, RATE = 100, 10, 16, 0.5


class Method(NamedTuple):
    """An algorithm: what differs between the rows of the table."""

    normalized: bool = False
    epochs: int = 1
    low: float = np.inf
    high: float = np.inf
    beta: float = 0.0
    bonus: float = 0.0
    cap: float = 0.0
    adaptive: bool = False


class State:
    """Logits of all seeds, and the knobs of those that have one."""

    def __init__(self, rng: np.random.Generator, seeds: int, method: Method):
        self.rng, self.method = rng, method
        self.logits = rng.standard_normal((seeds, ARMS), dtype=np.float32)
        self.start = entropy(log_softmax(self.logits))
        self.zeta = np.full(seeds, 1e-3, np.float32)
        self.high = np.full(seeds, method.high, np.float32)
        self.rows = np.arange(seeds)[:, None]

    def step(self, task: int) -> dict[str, np.ndarray]:
        """Run one round; return what happened in it."""
        laws = log_softmax(self.logits)
        actions = draw(self.rng, laws)
        rewards = (actions // RIGHT == task).astype(np.float32)
        compared = rewards - rewards.mean(axis=1, keepdims=True)
        if self.method.normalized:
            compared /= rewards.std(axis=1, keepdims=True) + 1e-6
        else:
            compared *= GROUP / (GROUP - 1)
        old = laws[self.rows, actions]
        seen = [
            self._ascend(
                laws if i == 0 else log_softmax(self.logits), actions, old, compared
            )
            for i in range(self.method.epochs)
        ]
        spent, knob = entropy(laws), self.zeta if self.method.cap else self.high
        self._control(spent)
        shares = dict(zip(("up", "down", "ratio"), np.mean(seen, axis=0), strict=True))
        informative = rewards.max(axis=1) > rewards.min(axis=1)
        told = {"reward": rewards.mean(axis=1), "informative": informative}
        return shares | told | {"spent": spent, "knob": knob}

    def _ascend(
        self,
        laws: np.ndarray,
        actions: np.ndarray,
        old: np.ndarray,
        compared: np.ndarray,
    ) -> tuple[np.ndarray, ...]:
        method, new = self.method, laws[self.rows, actions]
        if method.beta:
            compared = compared - method.beta * (new + entropy(laws)[:, None])
        if method.cap:
            factor = 1 - np.sign(compared) * self.zeta[:, None] * new
            compared = compared * np.maximum(factor, 0)
        ratio = np.exp(new - old)
        up = (compared > 0) & (ratio > 1 + self.high[:, None])
        down = (compared < 0) & (ratio < 1 - method.low)
        weight = np.where(up | down, 0, ratio * compared) / GROUP
        probs = np.exp(laws)
        slope = -weight.sum(axis=1, keepdims=True) * probs
        np.add.at(slope, (self.rows, actions), weight)
        if method.bonus:
            slope -= method.bonus * probs * (laws + entropy(laws)[:, None])
        self.logits += RATE * slope
        return up.mean(axis=1), down.mean(axis=1), ratio.mean(axis=1)

    def _control(self, spent: np.ndarray) -> None:
        low, z = spent < self.start, self.zeta
        if self.method.cap:
            helps = np.where(low, z >= 0, z < 0)
            side = np.where(low, 1, -1)
            doubled = side * np.minimum(self.method.cap, 2 * np.abs(z))
            halved = np.where(np.abs(z) / 2 < 1e-4, side * 1e-4, z / 2)
            self.zeta = np.where(helps, doubled, halved).astype(np.float32)
        if self.method.adaptive:
            moved = self.high * np.where(low, 1.1, 1 / 1.1)
            self.high = np.clip(moved, 0.02, 1.0).astype(np.float32)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Normalize logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def entropy(laws: np.ndarray) -> np.ndarray:
    """Return the entropy of every law."""
    return -(np.exp(laws) * laws).sum(axis=1)


def draw(rng: np.random.Generator, laws: np.ndarray) -> np.ndarray:
    """Draw a group of actions per seed, by inverting cumulative sums."""
    sums = np.exp(laws).cumsum(axis=1)
    at = rng.random((len(laws), GROUP), dtype=np.float32) * sums[:, -1:]
    return (sums[:, None, :] <= at[..., None]).sum(axis=-1)


def measures(laws: np.ndarray, task: int) -> dict[str, np.ndarray]:
    """Measure entropy, pass@1, and both tasks: the rows that ours records."""
    probs = np.exp(laws)
    solutions = probs[:, : 2 * RIGHT].reshape(len(laws), 2, RIGHT)
    right = solutions.sum(axis=2)
    given = solutions / np.maximum(right, 1e-30)[..., None]
    spread = -(given * np.log(np.maximum(given, 1e-30))).sum(axis=2)
    return {
        "entropy": -(probs * laws).sum(axis=1),
        "pass@1": right[:, task],
        "right": right,
        "coverage": np.exp(spread) / RIGHT,
    }


def run(method: Method, rounds: int, seeds: int, seed: int = 0) -> dict[str, Any]:
    """Train on two tasks, half of the rounds each; return what was recorded."""
    state = State(np.random.default_rng(seed), seeds, method)
    rows = [measures(log_softmax(state.logits), 0)]
    infos = []
    for round in range(rounds):
        task = int(round >= rounds // 2)
        infos.append(state.step(task))
        rows.append(measures(log_softmax(state.logits), task))
    return {name: np.stack([r[name] for r in rows], 1) for name in rows[0]} | {
        name: np.stack([i[name] for i in infos], 1) for name in infos[0]
    }
