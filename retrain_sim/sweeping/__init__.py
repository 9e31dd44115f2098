"""Sweeps: many settings of a scenario, simulated, predicted and stored."""
