"""``python -m retrain_sim.cli`` is ``retrain-sim``."""

from retrain_sim.cli import main

main()
