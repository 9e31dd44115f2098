"""``retrain-sim dose``: how much synthetic data to use beside real data."""

from __future__ import annotations

from pathlib import Path

from retrain_sim.cli.app import Whole, app, configure, print_json


@app.command
def dose(
    real: Path,
    synthetic: Path,
    *,
    label: str = "",
    group: str = "",
    distance: str = "sliced",
    folds: Whole = 5,
    seed: Whole = 0,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Recommend how many synthetic rows to use per real row, group by group.

    Args:
        real: Features, a row per sample: .npy, .npz (x, and perhaps y), .csv, .parquet
            or .jsonl.
        synthetic: The same columns, made by a generator.
        label: Label column, classes or numbers; by default label, if there is one.
        group: Group column; by default group, if there is one.
        distance: What the law uses: sliced, bures, sinkhorn, or wasserstein-1d.
        folds: Parts of the real rows for cross-validation.
        seed: Seed of every random choice.
        out: Folder for figures, report and dose.json; else nothing is written.
        json: Print one JSON object and nothing else.
    """
    configure()
    from retrain_sim.dose.advice import advise, summary
    from retrain_sim.dose.advice.report import page, write
    from retrain_sim.pages import check_folder, print_page

    if out is not None:
        check_folder(out, "dose")
    found = advise(
        real,
        synthetic,
        label=label,
        group=group,
        distance=distance,
        folds=5 if folds is None else folds,
        seed=seed or 0,
    )
    written = write(found, out) if out is not None else []
    if json:
        print_json(summary(found))
    else:
        print_page(page(found), written)
    return 0
