"""The user's own reward, by import path."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import component, static
from retrain_sim.errors import first_line


@component
class Imported:
    """r(x) of any callable ``package.module:function`` that JAX can trace.

    Naming an import path runs that module's code. The function takes the samples
    (``[n, d]`` floats or ``[n]`` letters) and returns ``[n]`` finite numbers.

    Args:
        path: ``package.module:function``; the working directory is importable.
        host: the function is NumPy or PyTorch code: it is called on the host every
            round, with NumPy arrays. That is slower: every call copies the samples,
            and all runs share one device and wait for Python in turn.
        function: filled in by ``prepare``.
        digest: of the module's source; a run resumes with the same code only.
    """

    path: str = static()
    host: bool = static(default=False)
    function: Callable[[Any], Any] = static(default=None, metadata={"setting": False})
    digest: str = static(default="", metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        module, colon, name = self.path.partition(":")
        if not (module and colon and name):
            yield "path", f"expected package.module:function, got {self.path!r}"

    def prepare(self, kit) -> Imported:
        """Import the function, and try it on the data."""
        module, _, name = self.path.partition(":")
        try:
            function = getattr(importlib.import_module(module), name)
        except (Exception, SystemExit) as error:  # it is the user's own code
            kit.fail("reward.path", f"cannot import {self.path}: {first_line(error)}")
        if not callable(function):
            found = type(function).__name__
            kit.fail("reward.path", f"{self.path} is not callable but {found}")
        if self.host:  # what fails there is reported once, in one line
            kit.report(f"{self.path} runs on the host in every round: this is slow")
            logging.getLogger("jax._src.callback").setLevel(logging.CRITICAL)
        made = dataclasses.replace(
            self, function=function, digest=_source_digest(module)
        )
        kit.try_reward(self.path, made)
        return made

    def __call__(self, x: Array) -> Float[Array, " n"]:
        """Score samples."""
        if not self.host:
            return jnp.asarray(self.function(x), jnp.float32)
        shape = jax.ShapeDtypeStruct((x.shape[0],), jnp.float32)
        return jax.pure_callback(self._on_host, shape, x, vmap_method="sequential")

    def _on_host(self, x: Any) -> np.ndarray:
        return np.asarray(self.function(np.asarray(x)), np.float32)


def _source_digest(module: str) -> str:
    file = getattr(importlib.import_module(module), "__file__", None)
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""
