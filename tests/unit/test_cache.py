"""Trained parameters on disk: computed once, and never a reason to fail."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.cache import cache_folder, cached
from retrain_sim.files import save_leaves

DATA = np.arange(6, dtype=np.float32)


class Compute:
    """Counts how often it really computes; shapes alone do not count."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        jax.debug.callback(self._count)
        return {"b": jnp.arange(3.0), "a": (jnp.ones((2, 2)), jnp.int32(7))}

    def _count(self):
        self.calls += 1


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "retrain-sim"


def fetch(compute, arrays=(DATA,), settings="s", name="model"):
    found = cached(name, arrays, compute, settings)
    assert float(np.sum(found["b"])) == 3.0
    assert (np.shape(found["a"][0]), int(found["a"][1])) == ((2, 2), 7)
    return found


def test_the_folder_is_the_users_cache(folder):
    assert cache_folder() == folder


def test_a_value_is_computed_once(folder):
    compute = Compute()
    first, second = fetch(compute), fetch(compute)
    assert compute.calls == 1
    assert len(list(folder.iterdir())) == 1
    np.testing.assert_array_equal(first["b"], second["b"])
    assert {type(first["b"]), type(second["b"])} <= {np.ndarray, type(jnp.ones(1))}


@pytest.mark.parametrize(
    "other",
    [
        {"arrays": (DATA + 1,)},
        {"arrays": (DATA.astype(np.int32),)},
        {"arrays": (DATA.reshape(2, 3),)},
        {"arrays": (DATA, DATA)},
        {"settings": "t"},
        {"name": "classifier"},
    ],
)
def test_other_inputs_are_another_value(folder, other):
    compute = Compute()
    fetch(compute)
    fetch(compute, **other)
    assert compute.calls == 2
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("damage", ["truncated", "empty", "other leaves"])
def test_a_damaged_file_is_computed_and_written_again(folder, damage):
    compute = Compute()
    fetch(compute)
    (path,) = folder.iterdir()
    if damage == "other leaves":
        save_leaves(path, [np.ones(2)])
    else:
        path.write_bytes(path.read_bytes()[: 40 if damage == "truncated" else 0])
    fetch(compute)
    fetch(compute)
    assert compute.calls == 2


def test_a_cache_that_cannot_be_used_is_no_error(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    compute = Compute()
    fetch(compute)
    fetch(compute)
    assert compute.calls == 2
