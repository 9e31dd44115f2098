"""Experiments: one folder per claim. ``python -m experiments list`` shows them."""
