"""Simulate generative models retrained on their own curated samples.

The public names load on first use, so that ``import retrain_sim`` and
``retrain_sim --help`` are fast and ``retrain_sim.theory`` needs no neural code.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Claim": "sections",
    "NonFiniteError": "errors",
    "Result": "runner",
    "Spec": "spec",
    "UserError": "errors",
    "forecast": "forecasting",
    "load_spec": "spec",
    "open_history": "store",
    "open_results": "opening",
    "prepare": "preparation",
    "run": "runner",
    "scan_rounds": "loop",
    "scenario_names": "spec",
    "theory": "",
}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not _HOME[name]:
        return importlib.import_module(f"{__name__}.{name}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
