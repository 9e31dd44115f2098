"""``retrain-sim forecast``: what curation does to a pool of scored outputs."""

from __future__ import annotations

from pathlib import Path

from retrain_sim.cli.app import Whole, app, print_json


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
    from retrain_sim.forecasting.report import page, write
    from retrain_sim.forecasting.settings import read_weights
    from retrain_sim.pages import check_folder, print_page
    from retrain_sim.terminal import Bar

    if out is not None:
        check_folder(out, "forecast")
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
        print_json(summary(found))
    else:
        print_page(page(found), written)
    return 0


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]
