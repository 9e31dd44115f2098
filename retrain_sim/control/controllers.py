"""Controllers: by halving and doubling, by a factor, by steps, by integration."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.component import component, part, static
from retrain_sim.control.base import Control, Target, started, turned
from retrain_sim.control.targets import Held
from retrain_sim.ranges import at_least, positive


@component
class Fixed:
    """Leave the knob as it is."""

    def init(self, value: Float[Array, ""], entropy: Float[Array, ""]) -> Control:
        """Keep the knob's own setting."""
        return started(value, entropy)

    def update(self, control: Control, entropy: Float[Array, ""]) -> Control:
        """Count the round."""
        return turned(control, control.value)


@component
class Halving:
    """Double the knob below the target, halve it above; past the least, flip its sign.

    The controller of REPO (Petrenko et al., "Entropy-Preserving Reinforcement
    Learning", 2026, arXiv 2603.11682): expect limit cycles of a factor 2.

    Args:
        target: the entropy to hold.
        least: smallest magnitude, > 0.
        most: greatest magnitude, >= ``least``.
        two_sided: whether the knob may turn negative, which spends entropy; else it
            stays at ``least`` above the target.

    Example:
        >>> control = started(jnp.float32(0.01), jnp.float32(2.0))
        >>> Halving().update(control, jnp.float32(1.0)).value.item()
        0.019999999552965164
    """

    target: Target = part("target", default=Held())
    least: float = 1e-4
    most: float = 0.05
    two_sided: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from positive(self, "least")
        yield from at_least(self, most=float(self.least))

    def init(self, value: Float[Array, ""], entropy: Float[Array, ""]) -> Control:
        """Start from the knob's own setting."""
        return started(value, entropy)

    def update(self, control: Control, entropy: Float[Array, ""]) -> Control:
        """Mirror the case above the target onto that below, by the sign."""
        side = jnp.where(entropy < self.target(control.round, control.start), 1.0, -1.0)
        # Seen from this side, the knob helps (>= 0) or still works against it.
        # Zero is not negative: it helps below the target, and is halved above.
        seen = side * control.value
        helps = jnp.where(side > 0, seen >= 0, seen > 0)
        doubled = jnp.clip(2 * seen, self.least, self.most)
        halved = jnp.where(-seen / 2 < self.least, self._flipped(side), seen / 2)
        return turned(control, side * jnp.where(helps, doubled, halved))

    def _flipped(self, side: Float[Array, ""]) -> Float[Array, ""]:
        """Return the least magnitude on the other side, if there is another side."""
        other = jnp.float32(1.0) if self.two_sided else jnp.where(side > 0, 1.0, -1.0)
        return other * self.least


@component
class Factor:
    """Multiply the knob below the target, divide it above (ADAPO's upper clip).

    Petrenko et al., 2026, arXiv 2603.11682 describe it for the upper clip of DAPO; the
    factor and the range are choices made here.

    Args:
        target: the entropy to hold.
        factor: > 1.
        least: smallest value, > 0.
        most: greatest value, >= ``least``.
        raises: whether a greater knob raises entropy; else the rule is inverted.
    """

    target: Target = part("target", default=Held())
    factor: float = 1.1
    least: float = 0.02
    most: float = 1.0
    raises: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from positive(self, "least")
        yield from at_least(self, factor=1, most=float(self.least))

    def init(self, value: Float[Array, ""], entropy: Float[Array, ""]) -> Control:
        """Start from the knob's own setting."""
        return started(value, entropy)

    def update(self, control: Control, entropy: Float[Array, ""]) -> Control:
        """Move by one factor."""
        low = entropy < self.target(control.round, control.start)
        up = low if self.raises else ~low
        moved = control.value * jnp.where(up, self.factor, 1 / self.factor)
        return turned(control, jnp.clip(moved, self.least, self.most))


@component
class Additive:
    """Step the coefficient up below the target, down above, and use it below only.

    The adaptive entropy bonus of Skywork-OR1 (He et al., 2025, arXiv 2505.22312), as
    Petrenko et al. describe it.

    Args:
        target: the entropy to hold.
        step: added or subtracted per round, > 0.
        most: greatest coefficient, > 0; the smallest is 0.
    """

    target: Target = part("target", default=Held())
    step: float = 0.005
    most: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from positive(self, "step", "most")

    def init(self, value: Float[Array, ""], entropy: Float[Array, ""]) -> Control:
        """Start from the knob's own setting."""
        return started(value, entropy)

    def update(self, control: Control, entropy: Float[Array, ""]) -> Control:
        """Adapt the memory by one step; set the knob to it at or below the target."""
        target = self.target(control.round, control.start)
        stepped = control.memory + jnp.where(entropy < target, self.step, -self.step)
        memory = jnp.clip(stepped, 0.0, self.most)
        used = jnp.where(entropy <= target, memory, 0.0)
        return turned(control, used)._replace(memory=memory)


@component
class Integral:
    """Move the knob in proportion to what the entropy lacks: no limit cycle.

    Derived here as the smooth two-sided alternative: ``knob += gain * (target - H)``.

    Args:
        target: the entropy to hold.
        gain: per nat and round, > 0.
        least: smallest value; negative to be able to spend entropy.
        most: greatest value, >= ``least``.
    """

    target: Target = part("target", default=Held())
    gain: float = 0.01
    least: float = -1.0
    most: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from positive(self, "gain")
        yield from at_least(self, most=float(self.least))

    def init(self, value: Float[Array, ""], entropy: Float[Array, ""]) -> Control:
        """Start from the knob's own setting."""
        return started(value, entropy)

    def update(self, control: Control, entropy: Float[Array, ""]) -> Control:
        """Add the gap."""
        gap = self.target(control.round, control.start) - entropy
        moved = control.value + self.gain * gap
        return turned(control, jnp.clip(moved, self.least, self.most))
