"""How far a regression is from the truth."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled
from retrain_sim.data.sources import RegressionSource
from retrain_sim.least_squares import least_squares
from retrain_sim.theory import regression_excess_risk


@component
class RegressionError:
    """Excess risk |w - w*|^2 of the least-squares fit w to the rows (regression only).

    ``risk/excess`` is the squared error on new isotropic inputs, above that of the
    truth; ``risk/over_law`` divides it by sigma^2 d / (n - d - 1), what a first fit to
    the n real rows has on average (it needs n > d + 1 and noise). Of a regression
    model it is exact, of candidates it includes one more fit to noisy labels.

    Args:
        truth: the true coefficients w*; taken from the data.
        law: the mean excess risk of a first fit; taken from the data.
    """

    truth: Array = filled()
    law: float | None = filled()

    def prepare(self, kit) -> RegressionError:
        """Take the truth from the law of the data."""
        source = kit.data.source
        if not isinstance(source, RegressionSource):
            known = "needs the true coefficients: use data kind regression"
            kit.fail("metrics.names", f"regression-error {known}")
        n, d, law = len(kit.splits.model.x), len(source.coefficients), None
        if n > d + 1 and source.noise > 0:
            law = regression_excess_risk(d, n, 0, noise=float(source.noise))[0]
            law = np.float32(law)
        return dataclasses.replace(self, truth=source.coefficients, law=law)

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the error of the fit to the view."""
        error = least_squares(view.x, view.weights) - jnp.asarray(self.truth)
        rows = {"risk/excess": error @ error}
        if self.law is not None:
            rows["risk/over_law"] = rows["risk/excess"] / self.law
        return rows
