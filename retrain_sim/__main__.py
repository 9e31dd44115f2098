"""``python -m retrain_sim`` is ``retrain-sim``."""

from retrain_sim.cli import main

main()
