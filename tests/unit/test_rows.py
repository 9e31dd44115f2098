"""Devices that share a run: rows are dealt out, and the results stay."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import READY, assert_close, prepared_of, slow

from retrain_sim import placement, program
from retrain_sim.arms import group_arms
from retrain_sim.program import Program
from retrain_sim.rows import all_sharing, by_rows, deal, mean_by_rows, n_sharing

SEVERAL_DEVICES = True

RUN = {"seeds": 1, "rounds": 2, "atoms": 60}
NETWORK = slow("digits")


def program_on(n_devices, prepared, monkeypatch):
    """Compile the first group of arms for so many devices, as if hosts had them."""
    monkeypatch.setattr(program, "devices_for", lambda *_: jax.devices()[:n_devices])
    return Program(group_arms(prepared.arms)[0], prepared)


def exchanges(made):
    """Count the places at which devices exchange numbers."""
    text = made._advance.as_text()
    return sum(text.count(f"{name}(") for name in ("all-gather", "all-reduce"))


def recorded(made):
    made.start()
    made.advance(2)
    return made.recorded()


@pytest.mark.parametrize("name", ["coin-drift", NETWORK])
def test_two_devices_share_a_run_and_find_the_same(name, monkeypatch):
    prepared = prepared_of(name, **READY[name] | {"run": RUN})
    one = next(iter(prepared.arms))
    prepared = prepared._replace(arms={one: prepared.arms[one]})
    alone = program_on(1, prepared, monkeypatch)
    shared = program_on(2, prepared, monkeypatch)
    assert exchanges(alone) == 0
    assert exchanges(shared) > 0
    (rows, samples), infos = recorded(shared)
    (rows_alone, samples_alone), infos_alone = recorded(alone)
    assert_close((rows, infos), (rows_alone, infos_alone))
    np.testing.assert_allclose(samples, samples_alone, atol=1e-4)


@pytest.mark.parametrize(
    ("devices", "runs", "mesh"),
    [(4, 4, (4, 1)), (4, 9, (4, 1)), (4, 2, (2, 2)), (4, 3, (4, 1)), (6, 2, (2, 3)),
     (8, 3, (4, 2)), (8, 1, (1, 8)), (5, 2, (5, 1))],
)  # fmt: skip
def test_devices_are_shared_evenly(devices, runs, mesh):
    assert placement.grid_of(devices, runs) == mesh


def test_rows_that_cannot_be_dealt_out_stay():
    mesh = jax.sharding.Mesh(np.array(jax.devices()[:2]), ("row",))
    with jax.sharding.use_abstract_mesh(mesh.abstract_mesh):
        even, odd = (str(jax.make_jaxpr(deal)(jnp.zeros((n, 3)))) for n in (4, 5))
    assert "sharding_constraint" in even
    assert "sharding_constraint" not in odd


@pytest.mark.parametrize(("n_rows", "n_devices"), [(64, 2), (7, 1), (1, 1)])
def test_as_many_devices_share_as_divide_the_rows(n_rows, n_devices):
    with all_sharing(n_rows):
        assert n_sharing() == n_devices
    assert n_sharing() == 1


def test_devices_apply_and_average_by_rows():
    x = jnp.arange(6.0).reshape(6, 1)
    with all_sharing(6):
        doubled = jax.jit(by_rows(lambda x: 2 * x))(x)
        mean = jax.jit(mean_by_rows(lambda a, x: a * x.mean()))(3.0, x)
        with pytest.raises(ValueError, match="divisible"):
            by_rows(lambda x: x)(x[:5])
    np.testing.assert_array_equal(doubled, 2 * x)
    assert float(mean) == 7.5
