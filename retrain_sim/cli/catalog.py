"""``retrain-sim list``: scenarios and components."""

from __future__ import annotations

from retrain_sim.cli.app import app


@app.command(name="list")
def list_() -> int:
    """List scenarios, data and every component: one line each."""
    from retrain_sim.catalog import catalog

    for heading, rows in catalog().items():
        print(f"\n{heading}")
        for name, line in rows.items():
            print(f"  {name:<20} {line}")
    return 0
