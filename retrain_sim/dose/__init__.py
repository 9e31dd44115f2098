"""The dose: how much synthetic data to train on beside how much real data."""
