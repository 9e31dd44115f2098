"""What a setting means: the line about it in its component's docstring."""

from __future__ import annotations

import inspect
import re
from typing import Any

from retrain_sim.base import parts_of
from retrain_sim.errors import UserError
from retrain_sim.registry import build
from retrain_sim.spec import Spec, build_reward, reward_names


def description_of(spec: Spec, path: str) -> str:
    """Return what the docstring of its component says about a setting; "" if nothing.

    Example:
        >>> from retrain_sim import load_spec
        >>> description_of(load_spec("two-tribes"), "curation.slate_size")
        'K >= 1, or ``inf``: the whole pool is the slate.'
    """
    keys = [
        key for key in path.split(".") if not key.isdigit() and key not in spec.arms
    ]
    try:
        made = _component(spec, keys)
    except (UserError, KeyError, IndexError):
        return ""
    for _, part in parts_of(made) if made is not None else ():
        found = setting_line(type(part), keys[-1])
        if found:
            return found
    return ""


def _component(spec: Spec, keys: list[str]) -> Any:
    section = keys[0]
    if section == "reward":
        tables = dict(zip(reward_names(spec), spec.values["reward"], strict=True))
        name = keys[1] if keys[1] in tables else next(iter(tables))
        return build_reward(name, tables[name])
    values = spec.values[section]
    return build(section, values, section) if isinstance(values, dict) else None


def setting_line(cls: Any, setting: str) -> str:
    """Return what a component's docstring says about one of its settings, or ""."""
    doc = inspect.getdoc(cls) or ""
    pattern = rf"^    {re.escape(setting)}: (.*(?:\n {{8}}.*)*)"
    found = re.search(pattern, doc, re.MULTILINE)
    return " ".join(found[1].split()) if found else ""
