"""Spec: the values of a scenario file, checked, with overrides and arms applied."""

from __future__ import annotations

import copy
import dataclasses
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from retrain_sim.base import parts_of
from retrain_sim.errors import UserError, nearest
from retrain_sim.overrides import ARM_SECTIONS, merged, set_value
from retrain_sim.registry import build, decode, pick
from retrain_sim.sections import SECTIONS, Claim, Headline, Run, read_section

REQUIRED = ("data", "model", "reward", "groups", "curation")
DEFAULTS: dict[str, Any] = {
    "regime": {"kind": "replace"},
    "prediction": {"kind": "population-map"},
    "metrics": {"names": ["diversity", "shares", "rewards", "kept-shares", "leakage"]},
    "claim": [],
    "run": {},
    "headline": {},
}


@dataclasses.dataclass(frozen=True)
class Spec:
    """A scenario file, merged with its overrides and checked.

    Args:
        name: what the run folder is named after.
        source: what to type to run it again: a scenario's name, or a path.
        values: the sections of the file, defaults filled in.
        run: rounds, seeds and sizes.
        headline: what the verdicts are about.
        claims: shape claims.
        arms: name -> the sections of ``values`` as this arm has them.
    """

    name: str
    source: str
    values: dict[str, Any]
    run: Run
    headline: Headline
    claims: tuple[Claim, ...]
    arms: dict[str, dict[str, Any]]

    @property
    def title(self) -> str:
        """One line that says what the scenario shows."""
        return self.values.get("title", self.name)

    def to_toml(self) -> str:
        """Write the scenario exactly as it is run, as TOML."""
        return tomli_w.dumps({k: v for k, v in self.values.items() if v != []})


def load_spec(source: str | Path, overrides: Mapping[str, Any] | None = None) -> Spec:
    """Read a scenario by name or from a TOML file.

    Args:
        source: a name that ``retrain-sim list`` shows, or a path to a TOML file.
        overrides: dotted path -> value, as ``--set`` takes them. A path that begins
            with an arm's name concerns that arm only; any other concerns all.

    Returns:
        The checked spec.

    Raises:
        UserError: a missing file, TOML that does not parse, an unknown key or kind, a
            wrong type, a value out of range. Nothing has been written then.

    Example:
        >>> load_spec("condorcet", {"run.rounds": 7}).run.rounds
        7
    """
    name, text = _read(source)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{source}: not valid TOML: {error}") from None
    for path, value in (overrides or {}).items():
        values = set_value(values, path, value)
    return make_spec(name, values, str(source))


def scenario_names() -> list[str]:
    """List the ready scenarios."""
    folder = resources.files("retrain_sim") / "scenarios"
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml"))


def scenario_text(name: str) -> str:
    """Return the commented TOML text of a ready scenario."""
    if name not in scenario_names():
        raise UserError(f"no scenario {name!r}; {nearest(name, scenario_names())}")
    file = resources.files("retrain_sim") / "scenarios" / f"{name}.toml"
    return file.read_text(encoding="utf-8")


def _read(source: str | Path) -> tuple[str, str]:
    path = Path(source)
    if path.suffix != ".toml" and not path.is_file():
        return str(source), scenario_text(str(source))
    try:
        return path.stem, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UserError(f"cannot read scenario {source}: {reason}") from None


def make_spec(name: str, values: Mapping[str, Any], source: str) -> Spec:
    """Check the values of a scenario and fill in the defaults."""
    values = DEFAULTS | copy.deepcopy(dict(values))
    for key, value in values.items():
        if key not in SECTIONS:
            raise UserError(f"{key}: unknown section; {nearest(key, SECTIONS)}")
        decode(value, SECTIONS[key], key)
    for key in REQUIRED:
        if key not in values:
            raise UserError(f"{key}: missing; a scenario needs {', '.join(REQUIRED)}")
    spec = Spec(
        name,
        source,
        values,
        read_section(Run, values["run"], "run"),
        read_section(Headline, values["headline"], "headline"),
        tuple(
            read_section(Claim, v, f"claim.{i}") for i, v in enumerate(values["claim"])
        ),
        _arms(values),
    )
    _check_components(spec)
    _check_arms(spec)
    return spec


def _arms(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    arms = {}
    for name, changes in (
        values.get("arms") or {values["model"].get("kind"): {}}
    ).items():
        if name in SECTIONS:
            raise UserError(f"arms.{name}: a section is called so; name it otherwise")
        decode(changes, dict, f"arms.{name}")
        arm = {section: dict(values[section]) for section in ARM_SECTIONS}
        for section, table in changes.items():
            if section not in ARM_SECTIONS:
                hint = nearest(section, ARM_SECTIONS)
                raise UserError(f"arms.{name}.{section}: arms cannot set it; {hint}")
            arm[section] = merged(arm[section], decode(table, dict, f"arms.{name}"))
        arms[name] = arm
    return arms


def _check_components(spec: Spec) -> None:
    """Build every component once, so that bad values are named before any work."""
    for section in ("data", "model", "groups", "prediction"):
        build(section, spec.values[section], section)
    names = reward_names(spec)
    for name, table in zip(names, spec.values["reward"], strict=True):
        build_reward(name, table)
    for name in metric_names(spec):
        build_metric(spec, name)


def reward_names(spec: Spec) -> tuple[str, ...]:
    """Name the rewards: as the file does, else by number; names must differ."""
    tables = spec.values["reward"]
    if not tables:
        raise UserError("reward: at least one [[reward]] is needed")
    for i, table in enumerate(tables):
        decode(table, dict, f"reward.{i}")
        decode(table.get("name", ""), str, f"reward.{i}.name")
    names = tuple(table.get("name", f"reward-{i}") for i, table in enumerate(tables))
    if len(set(names)) < len(names):
        raise UserError(f"reward.name: names must differ, got {', '.join(names)}")
    return names


def build_reward(name: str, table: Mapping[str, Any]) -> Any:
    """Make one reward function from its table."""
    values = {key: value for key, value in table.items() if key != "name"}
    return build("reward", values, f"reward.{name}")


def metric_names(spec: Spec) -> list[str]:
    """List the metrics that the file asks for."""
    table = spec.values["metrics"]
    names = decode(table.get("names", []), list[str], "metrics.names")
    for key in table:
        if key not in ("names", *names):
            raise UserError(
                f"metrics.{key}: unknown key; {nearest(key, ['names', *names])}"
            )
    return names


def build_metric(spec: Spec, name: str) -> Any:
    """Make one metric; ``[metrics.NAME]`` may set its options."""
    pick("metrics", name, "metrics.names")
    options = decode(spec.values["metrics"].get(name, {}), dict, f"metrics.{name}")
    return build("metrics", {"kind": name, **options}, f"metrics.{name}")


def _check_arms(spec: Spec) -> None:
    """Check what the claims and the arms name, and build every arm's components."""
    for claim in spec.claims:
        for arm in claim.arms:
            if arm not in spec.arms:
                raise UserError(
                    f"claim.arms: no arm {arm!r}; {nearest(arm, spec.arms)}"
                )
    for arm, sections in spec.arms.items():
        for section, table in sections.items():
            where = section if len(spec.arms) == 1 else f"arms.{arm}.{section}"
            n_rewards = len(spec.values["reward"])
            for path, component in parts_of(build(section, table, where), where):
                for name in ("voter_weights", "reward_weights"):
                    weights = getattr(component, name, None)
                    if weights is not None and len(weights) != n_rewards:
                        raise UserError(
                            f"{path}.{name}: one weight per reward is needed: "
                            f"{len(weights)} weights, {n_rewards} rewards"
                        )
