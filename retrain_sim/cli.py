"""The command line: parse, call, print. Heavy imports wait until they are needed."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
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
    import jax

    from retrain_sim.cache import cache_folder

    jax.config.update("jax_num_cpu_devices", _cores())
    programs = cache_folder() / "xla"
    with contextlib.suppress(OSError):  # no cache, no harm
        programs.mkdir(parents=True, exist_ok=True)
        jax.config.update("jax_compilation_cache_dir", str(programs))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    # Last, so that a file here never stands in for a library's module.
    sys.path.append(str(Path.cwd()))


def _cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _load(source: str, settings: list[str] | None, **run: int | None) -> Any:
    from retrain_sim.overrides import override_all
    from retrain_sim.spec import load_spec

    given = {f"run.{name}": value for name, value in run.items() if value is not None}
    return load_spec(source, override_all(settings or []) | given)


@app.command
def run(
    source: str = "",
    *,
    settings: Settings = None,
    seed: Whole = None,
    seeds: Whole = None,
    rounds: Whole = None,
    out: Path | None = None,
    force: bool = False,
    resume: Path | None = None,
    gif: bool = False,
    json: bool = False,
) -> int:
    """Simulate a scenario, predict it, judge it, and write a report.

    Args:
        source: Name of a ready scenario (see list) or a TOML file; digits by default.
        settings: Change a value of the scenario; may be repeated.
        seed: The first seed.
        seeds: How many seeds.
        rounds: How many rounds of retraining.
        out: Folder for the results; by default runs/NAME-1, -2, ...
        force: Replace an earlier run in the folder.
        resume: Continue the interrupted run in this folder.
        gif: Also draw the samples round by round as an animated GIF.
        json: Print one JSON object and nothing else.
    """
    others = (source or None, settings, seed, seeds, rounds, out, force or None)
    if resume is not None and any(value is not None for value in others):
        raise UserError(
            "--resume takes the scenario from the folder: give nothing else"
        )
    if resume is not None:
        return _resume(resume, gif, json)
    spec = _load(source or DEFAULT, settings, seed=seed, seeds=seeds, rounds=rounds)
    from retrain_sim.store import check_target, free_folder

    folder = out or free_folder(spec.name)
    check_target(folder, force)
    command = shlex.join(["retrain-sim", *sys.argv[1:]])

    def simulate(bar: Any) -> Any:
        from retrain_sim import runner

        return runner.run(spec, folder, force=force, command=command, listener=bar)

    return _finish(simulate, folder, gif, json)


def _resume(folder: Path, gif: bool, as_json: bool) -> int:
    def simulate(bar: Any) -> Any:
        from retrain_sim import runner

        return runner.resume(folder, listener=bar)

    return _finish(simulate, folder, gif, as_json)


def _finish(
    simulate: Callable[[Any], Any], folder: Path, gif: bool, as_json: bool
) -> int:
    """Simulate under a progress bar, then draw, write and print the result."""
    configure()
    from retrain_sim.report import write_report
    from retrain_sim.terminal import Bar, print_result

    bar = Bar(quiet=as_json)
    try:
        result = simulate(bar)
        bar.stage("drawing")
        written = write_report(result, folder, gif)
    except KeyboardInterrupt:
        again = f"retrain-sim run --resume {shlex.quote(str(folder))}"
        hint = f"continue with: {again}" if folder.exists() else "nothing was written"
        raise UserError(f"interrupted; {hint}") from None
    finally:
        bar.close()
    if as_json:
        _print_json(result.summary() | {"out": str(folder)})
    else:
        print_result(result, folder, written[-1])
    return 0


@app.command
def predict(
    source: str = DEFAULT,
    *,
    settings: Settings = None,
    seed: Whole = None,
    rounds: Whole = None,
    json: bool = False,
) -> int:
    """Predict a scenario without simulating it: exact theory, in seconds.

    Args:
        source: Name of a ready scenario or a TOML file.
        settings: Change a value of the scenario; may be repeated.
        seed: The seed of p_0 and the atoms.
        rounds: How many rounds of retraining.
        json: Print one JSON object and nothing else.
    """
    spec = _load(source, settings, seed=seed, rounds=rounds)
    configure()
    from retrain_sim import runner, terminal
    from retrain_sim.outlook import outlook_summary, outlook_table
    from retrain_sim.preparation import prepare

    bar = terminal.Bar(quiet=json)
    prepared = prepare(spec, bar.stage)
    bar.stage("predicting")
    outlooks, audits = runner.predict(prepared)
    if json:
        _print_json(outlook_summary(spec, outlooks, audits))
        return 0
    out = terminal.console()
    print(f"\n{spec.title}: after {spec.run.rounds} rounds, in theory\n")
    terminal.print_table(out, outlook_table(spec, outlooks, audits))
    out.print(f"Try next:\n  retrain-sim run {source}")
    return 0


@app.command
def forecast(
    scores: Path,
    *,
    rewards: str = "",
    weights: str = "",
    slate: float = 8,
    rounds: Whole = 50,
    temperature: float = 1.0,
    kept: Whole = 2000,
    group: str = "",
    real_share: float = 0.0,
    keep_entropy: float | None = None,
    seed: Whole = 0,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Forecast what repeated curation does to your own pool of scored outputs.

    Args:
        scores: Table with a row per output and a column per reward: .csv, .parquet,
            .npz or .jsonl; prob or weight, and group, are optional. Or RUN/atoms.
        rewards: Reward columns, as helpful,harmless; by default all numbers.
        weights: How often each reward judges, as 0.6,0.4; by default equal.
        slate: Candidates shown to one voter: an integer, or inf.
        rounds: How many rounds of retraining.
        temperature: Unit of the rewards: the smaller, the harder the choices.
        kept: Samples kept per round, for the risk of losing a group by chance.
        group: Group column; by default group, if there is one.
        real_share: Share of the pool itself in every training set.
        keep_entropy: Ask which real share keeps this part of the entropy.
        seed: Seed of resamples and simulations.
        out: Folder for figures, report and forecast.json; else nothing is written.
        json: Print one JSON object and nothing else.
    """
    from retrain_sim.forecasting import forecast as look_ahead
    from retrain_sim.forecasting import summary
    from retrain_sim.forecasting.report import check_folder, print_forecast, write
    from retrain_sim.forecasting.settings import read_weights
    from retrain_sim.terminal import Bar

    if out is not None:
        check_folder(out)
    bar = Bar(quiet=json)
    try:
        found = look_ahead(
            str(scores),
            _names(rewards),
            read_weights(weights),
            group=group,
            listener=bar,
            slate_size=slate,
            rounds=rounds,
            temperature=temperature,
            kept=kept,
            real_share=real_share,
            keep_entropy=keep_entropy,
            seed=seed,
        )
    finally:
        bar.close()
    written = write(found, out) if out is not None else []
    if json:
        _print_json(summary(found))
    else:
        print_forecast(found, written)
    return 0


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _print_json(value: Any) -> None:
    print(json.dumps(value))


@app.command
def report(folder: Path, *, gif: bool = False) -> int:
    """Draw the figures and the report of a finished run again.

    Args:
        folder: The run folder.
        gif: Also draw the samples round by round as an animated GIF.
    """
    configure()
    from retrain_sim.report import write_report
    from retrain_sim.store import RunFolder

    result = RunFolder.open(folder).result()
    for path in write_report(result, folder, gif):
        print(path)
    return 0


@app.command
def compare(*folders: Path, metric: str = "", out: Path | None = None) -> int:
    """Compare finished runs in one table and one picture.

    Args:
        folders: Two run folders or more.
        metric: What to compare; by default the first run's headline metric.
        out: File for the picture; by default compare.png in the last folder.
    """
    if len(folders) < 2:
        raise UserError(f"compare needs two run folders or more, got {len(folders)}")
    from retrain_sim import terminal
    from retrain_sim.comparison import comparison, write_comparison

    found = comparison(folders, metric)
    path = out or folders[-1] / "compare.png"
    write_comparison(found, path)
    shown = terminal.console()
    print(f"\n{found.metric}, means over seeds ± standard error\n")
    terminal.print_table(shown, found.table)
    print(f"picture: {path}")
    return 0


@app.command(name="list")
def list_() -> int:
    """List scenarios, data and every component: one line each."""
    from retrain_sim.catalog import catalog

    for heading, rows in catalog().items():
        print(f"\n{heading}")
        for name, line in rows.items():
            print(f"  {name:<20} {line}")
    return 0


@app.command
def init(
    file: Path, *, base: Annotated[str, Parameter(name="--from")] = DEFAULT
) -> int:
    """Write a commented scenario to start from.

    Args:
        file: The TOML file to write; it must not exist.
        base: The ready scenario to copy.
    """
    from retrain_sim.files import write_text
    from retrain_sim.spec import scenario_text

    text = scenario_text(base)
    if file.suffix != ".toml":
        raise UserError(f"{file}: a scenario file ends in .toml")
    if file.exists():
        raise UserError(f"{file} already exists: it is not overwritten")
    if not file.absolute().parent.is_dir():
        raise UserError(f"{file}: no folder {file.parent}")
    write_text(file, text)
    print(f"{file}: edit it, then: retrain-sim run {file}")
    return 0


if __name__ == "__main__":
    main()
