"""The Gaussian's fit, in few dimensions and in many: NumPy's weighted moments."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.models.gaussian import FEW, Gaussian


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("d", [1, 2, FEW, FEW + 1])
def test_moments_are_numpys(d, ddof, key):
    x = 3 + jax.random.normal(key, (60, d))
    counts = np.arange(60) % 4
    found = Gaussian(ddof).fit(key, None, x, jnp.asarray(counts, jnp.float32))
    data = np.asarray(x, np.float64)
    wanted = np.cov(data.T, fweights=counts, ddof=ddof).reshape(d, d)
    np.testing.assert_allclose(found.cov, wanted, rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(
        found.mean, np.average(data, axis=0, weights=counts), rtol=2e-6
    )
