"""What was measured: a JSON file, and the README's table made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from retrain_sim.files import write_text
from retrain_sim.tables import Table, number

FOLDER = Path(__file__).parent
HEADER = ["name", "beside", "its s", "our s", "ratio", "at least", "our compile s"]
HEADER += ["its MB", "our MB"]
BEGIN, END = "<!-- measured -->\n", "<!-- end -->"


def table(rows: list[dict[str, Any]]) -> Table:
    """Lay the rows out for people."""
    return Table(HEADER, [_line(row) for row in rows])


def save(rows: list[dict[str, Any]], folder: Path = FOLDER) -> None:
    """Replace the rows of the same names in results.json, and the README's table."""
    file, readme = folder / "results.json", folder / "README.md"
    old = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    named = {row["name"]: row for row in old} | {row["name"]: row for row in rows}
    write_text(file, json.dumps(list(named.values()), indent=2) + "\n")
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    made = markdown(table(list(named.values())))
    write_text(readme, before + BEGIN + made + END + after)


def _line(row: dict[str, Any]) -> list[str]:
    compiled, ours = number(row["compile_s"], 1), f"{row['our_s']:.3g}"
    if "peak_mb" in row:
        peak, limit = f"{row['peak_mb']:.0f} MB", f"at most {row['target_mb']} MB"
        return [row["name"], "-", "-", ours, peak, limit, compiled, "-", "-"]
    target = f"{row['target_ratio']:g}x" if row["target_ratio"] else "-"
    missed = row["target_ratio"] and row["ratio"] < row["target_ratio"]
    ratio = f"{row['ratio']:.1f}x" + (" (missed)" if missed else "")
    theirs = f"{row['rival_s']:.3g}"
    needed = [_megabytes(row, f"{side}_peak_mb") for side in ("rival", "our")]
    return [row["name"], row["rival"], theirs, ours, ratio, target, compiled, *needed]


def _megabytes(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.0f}" if name in row else "-"


def markdown(table: Table, header: bool = True) -> str:
    """Write a table in Markdown, or its rows alone."""
    head = [table.header, ["---"] * len(table.header)]
    rows = [*head, *table.rows] if header else table.rows
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)
