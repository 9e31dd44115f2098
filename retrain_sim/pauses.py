"""What the host does between chunks of rounds: checkpoints, curves, progress."""

from __future__ import annotations

from collections.abc import Callable

from retrain_sim import hosts
from retrain_sim.history import to_history
from retrain_sim.pace import Pace
from retrain_sim.simulate import Simulation
from retrain_sim.store import RunFolder
from retrain_sim.tracking.curves import Curves


class Pauses:
    """Called after each chunk: now and then it writes, and always says how far it is.

    Writing takes a twentieth of the time at most. Of several processes the first one
    decides when, and it alone writes.

    Args:
        folder: gets checkpoints; None: nobody does.
        mark: fingerprint of the prepared scenario.
        curves: are kept up to date; None: nobody tracks.
        report: hears how far the simulation is.
    """

    def __init__(
        self,
        folder: RunFolder | None,
        mark: str,
        curves: Curves | None,
        report: Callable,
    ):
        self._folder, self._mark = folder, mark
        self._curves, self._report = curves, report
        self._pace = Pace()

    def __call__(self, simulation: Simulation) -> None:
        """Write if it is time, and report."""
        if (self._folder or self._curves) and hosts.agreed(int(self._pace.due())):
            self._save(simulation)
            self._draw(simulation)
            self._pace.saved()
        self._report(simulation.progress)

    def _save(self, simulation: Simulation) -> None:
        folder = self._folder
        if folder:
            done, leaves = simulation.checkpoint()
            hosts.first_alone(lambda: folder.save_checkpoint(done, leaves, self._mark))

    def _draw(self, simulation: Simulation) -> None:
        curves = self._curves
        if curves:
            history = to_history(simulation.recorded(), simulation.prepared)
            done = simulation.rounds_done()
            hosts.first_alone(lambda: curves.update(history, done))
