"""A policy scenario: environment, policy, and the algorithms of its arms."""

from __future__ import annotations

import copy
import dataclasses
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from retrain_sim.errors import UserError, nearest
from retrain_sim.overrides import merged
from retrain_sim.policy.learner import Task
from retrain_sim.policy.recipes import make_algorithm
from retrain_sim.registry import build, decode
from retrain_sim.sections import LAST_SEED, read_section

SECTIONS = {
    "title": str,
    "environment": dict,
    "policy": dict,
    "algorithm": dict,
    "run": dict,
    "arms": dict,
    "sweep": dict,
}
"""Section -> the TOML type of its value."""

SHARED_SIZES = (
    ("n_arms", "n_actions"),
    ("n_actions", "n_actions"),
    ("n_contexts", "n_contexts"),
    ("length", "length"),
)
"""What an environment calls a size, and what a policy calls it."""

REQUIRED = ("environment", "policy", "algorithm")


@dataclasses.dataclass(frozen=True)
class PolicyRun:
    """How long, how often, and from which seed.

    Args:
        rounds: T >= 1.
        seeds: independent repetitions, >= 1.
        seed: the first of them, >= 0.
    """

    rounds: int = 500
    seeds: int = 20
    seed: int = 0

    def check(self):
        """Yield what is out of range."""
        for name, low in {"rounds": 1, "seeds": 1, "seed": 0}.items():
            value = getattr(self, name)
            if value < low:
                yield name, f"must be at least {low}, got {value}"
        if self.seed + self.seeds > LAST_SEED:
            yield "seed", f"the last seed must be below {LAST_SEED}, got {self.seed}"


@dataclasses.dataclass(frozen=True)
class PolicySpec:
    """A policy scenario, merged with its overrides and checked.

    Args:
        name: what the run folder is named after.
        source: what to type to run it again.
        values: the sections of the file.
        run: rounds and seeds.
        tasks: arm -> what is trained.
    """

    name: str
    source: str
    values: dict[str, Any]
    run: PolicyRun
    tasks: dict[str, Task]

    @property
    def arms(self) -> list[str]:
        """The names of the arms, in order."""
        return list(self.tasks)

    @property
    def title(self) -> str:
        """One line that says what the scenario shows."""
        return self.values.get("title", self.name)

    def to_toml(self) -> str:
        """Write the scenario exactly as it is run, as TOML."""
        return tomli_w.dumps(self.values)


def policy_scenarios() -> list[str]:
    """List the ready policy scenarios.

    Example:
        >>> policy_scenarios()[:3]
        ['all-algorithms', 'many-solutions', 'programs']
    """
    folder = resources.files("retrain_sim.policy") / "scenarios"
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml"))


def load_policy_spec(
    source: str | Path, overrides: Mapping[str, Any] | None = None
) -> PolicySpec:
    """Read a policy scenario by name or from a TOML file.

    Args:
        source: a name that ``retrain-sim policy list`` shows, or a path.
        overrides: dotted path -> value, as ``--set`` takes them. A path that begins
            with an arm's name concerns that arm only; any other concerns all.

    Raises:
        UserError: a missing file, TOML that does not parse, an unknown key or kind, a
            value out of range.

    Example:
        >>> load_policy_spec("many-solutions", {"run.rounds": 7}).run.rounds
        7
    """
    name, text = _read(str(source))
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{source}: not valid TOML: {error}") from None
    for path, value in (overrides or {}).items():
        values = with_setting(values, path, value)
    return make_policy_spec(name, values, str(source))


def _read(source: str) -> tuple[str, str]:
    path = Path(source)
    if path.suffix != ".toml" and not path.is_file():
        if source not in policy_scenarios():
            hint = nearest(source, policy_scenarios())
            raise UserError(f"no policy scenario {source!r}; {hint}")
        folder = resources.files("retrain_sim.policy") / "scenarios"
        return source, (folder / f"{source}.toml").read_text(encoding="utf-8")
    try:
        return path.stem, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UserError(f"cannot read scenario {source}: {reason}") from None


def with_setting(values: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Set a value in the base and in every arm that sets the algorithm, or in one.

    Args:
        values: the sections of a policy scenario.
        path: dotted; an arm's name in front, dots and all, means that arm only.
        value: as TOML knows it.

    Returns:
        New sections.

    Raises:
        UserError: no such section or arm.

    Example:
        >>> arms = {"a 0.1": {"algorithm": {"epochs": 4}}}
        >>> with_setting({"arms": arms}, "a 0.1.algorithm.epochs", 8)["arms"]
        {'a 0.1': {'algorithm': {'epochs': 8}}}
    """
    values, (head, *rest) = copy.deepcopy(values), path.split(".")
    arms = decode(values.get("arms", {}), dict[str, dict[str, dict]], "arms")
    named = next((arm for arm in arms if f"{path}.".startswith(f"{arm}.")), None)
    values |= {"arms": arms} if arms else {}
    if named is not None:
        keys = path.removeprefix(named).split(".")[1:]
        _assign(arms[named], keys, value, path)
        return values
    if head not in SECTIONS:
        raise UserError(f"--set {path}: {nearest(head, {**SECTIONS, **arms})}")
    _assign(values, [head, *rest], value, path)
    for arm in arms.values():
        if head == "algorithm" and rest and "algorithm" in arm:
            _assign(arm, [head, *rest], value, path)
    return values


def _assign(table: Any, keys: list[str], value: Any, path: str) -> None:
    for key in keys[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            raise UserError(f"--set {path}: {key!r} is a plain value")
    if not keys:
        raise UserError(f"--set {path}: an arm is a table; name a value in it")
    table[keys[-1]] = value


def make_policy_spec(name: str, values: Mapping[str, Any], source: str) -> PolicySpec:
    """Check the values of a policy scenario, and build every arm."""
    values = copy.deepcopy(dict(values))
    for key, value in values.items():
        if key not in SECTIONS:
            raise UserError(f"{key}: unknown section; {nearest(key, SECTIONS)}")
        decode(value, SECTIONS[key], key)
    for key in REQUIRED:
        if key not in values:
            needed = ", ".join(REQUIRED)
            raise UserError(f"{key}: missing; a policy scenario needs {needed}")
    run = read_section(PolicyRun, values.get("run", {}), "run")
    return PolicySpec(name, source, values, run, _tasks(values))


def _tasks(values: Mapping[str, Any]) -> dict[str, Task]:
    environment = build("environment", values["environment"], "environment")
    policy = build("policy", values["policy"], "policy")
    _check_fit(environment, policy)
    base, made = values["algorithm"], {}
    arms = values.get("arms") or {base.get("kind", "rloo"): {}}
    for arm, changes in arms.items():
        decode(changes, dict[str, dict], f"arms.{arm}")
        for section in changes:
            if section != "algorithm":
                hint = nearest(section, ["algorithm"])
                raise UserError(f"arms.{arm}.{section}: arms cannot set it; {hint}")
        where = f"arms.{arm}.algorithm" if "algorithm" in changes else "algorithm"
        table = dict(changes.get("algorithm", {}))
        kind = table.pop("kind", base.get("kind", "rloo"))
        table = merged({k: v for k, v in base.items() if k != "kind"}, table)
        made[arm] = Task(environment, policy, make_algorithm(kind, table, where))
    return made


def _check_fit(environment: Any, policy: Any) -> None:
    """Compare the sizes that environment and policy both declare."""
    for here, there in SHARED_SIZES:
        wanted, found = (
            getattr(environment, here, None),
            getattr(policy, there, None),
        )
        if wanted is not None and found is not None and wanted != found:
            raise UserError(
                f"policy.{there}: must be the environment's {here} = {wanted}, "
                f"got {found}"
            )
