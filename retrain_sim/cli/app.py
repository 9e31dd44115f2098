"""The command line itself: what every command shares."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from retrain_sim import __version__
from retrain_sim.errors import UserError

DEFAULT = "digits"
USAGE_ERROR = 2

app = App(
    name="retrain-sim",
    version=__version__,
    help="Retrain generative models on their own curated samples, beside exact theory.",
    help_epilogue="Start with: retrain-sim run two-tribes",
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)

Settings = Annotated[
    list[str] | None,
    Parameter(
        name="--set",
        help="PATH=VALUE, as curation.slate_size=8, or two.curation.slate_size=8 for "
        "the arm two; may be repeated.",
        negative="",
    ),
]


def _whole(_: Any, tokens: Sequence[Any]) -> int:
    return int(tokens[0].value)


Whole = Annotated[int | None, Parameter(converter=_whole)]
"""A whole number: 1.5 is refused rather than rounded."""


def main() -> None:
    """Run the command line."""
    sys.exit(guarded(app))


def guarded(app: App) -> int:
    """Run a command line; what the user can mend is one line and exit code 2."""
    try:
        return app(sys.argv[1:], exit_on_error=False, print_error=False) or 0
    except CycloptsError as error:
        return _complain(" ".join(str(error).split()))
    except UserError as error:
        return _complain(str(error))
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return _complain(f"{error.strerror or error}{where}")
    except KeyboardInterrupt:
        return _complain("interrupted")


def _complain(line: str) -> int:
    print(f"retrain-sim: {line}", file=sys.stderr)
    return USAGE_ERROR


def configure() -> None:
    """Use every core, keep compiled programs, find the user's own modules."""
    from retrain_sim.devices import n_cores, use_devices

    use_devices(n_cores())
    # Last, so that a file here never stands in for a library's module.
    sys.path.append(str(Path.cwd()))


def load(source: str, settings: list[str] | None, **run: int | None) -> Any:
    """Read the scenario that the command names, with what it changes."""
    from retrain_sim.overrides import override_all
    from retrain_sim.spec import load_spec

    given = {f"run.{name}": value for name, value in run.items() if value is not None}
    return load_spec(source, override_all(settings or []) | given)


def print_json(value: Any) -> None:
    """Print one JSON object and nothing else."""
    print(json.dumps(value))
