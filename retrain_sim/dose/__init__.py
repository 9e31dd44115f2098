"""The dose of synthetic data: how much of it helps, and how far it may be off."""
