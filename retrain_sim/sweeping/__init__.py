"""Sweeps: many settings of a scenario, simulated, predicted and stored."""

from retrain_sim.sweeping.axes import Axis, parse_axis, parse_random
from retrain_sim.sweeping.design import Design, drawn, grid
from retrain_sim.sweeping.engines import Engine
from retrain_sim.sweeping.folder import SweepFolder
from retrain_sim.sweeping.plan import Options, plan_sweep
from retrain_sim.sweeping.sweep import resume_sweep, sweep
from retrain_sim.sweeping.unit import Unit, run_unit

__all__ = [
    "Axis",
    "Design",
    "Engine",
    "Options",
    "SweepFolder",
    "Unit",
    "drawn",
    "grid",
    "parse_axis",
    "parse_random",
    "plan_sweep",
    "resume_sweep",
    "run_unit",
    "sweep",
]
