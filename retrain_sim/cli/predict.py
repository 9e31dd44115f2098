"""``retrain-sim predict``: exact theory, without a simulation."""

from __future__ import annotations

from retrain_sim.cli.app import (
    DEFAULT,
    Settings,
    Whole,
    app,
    configure,
    load,
    print_json,
)


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
    spec = load(source, settings, seed=seed, rounds=rounds)
    configure()
    from retrain_sim import runner, terminal
    from retrain_sim.outlook import outlook_summary, outlook_table
    from retrain_sim.preparation import prepare

    bar = terminal.Bar(quiet=json)
    prepared = prepare(spec, bar.stage)
    bar.stage("predicting")
    outlooks, audits = runner.predict(prepared)
    if json:
        print_json(outlook_summary(spec, outlooks, audits))
        return 0
    out = terminal.console()
    print(f"\n{spec.title}: after {spec.run.rounds} rounds, in theory\n")
    terminal.print_table(out, outlook_table(spec, outlooks, audits))
    out.print(f"Try next:\n  retrain-sim run {source}")
    return 0
