"""Policies trained on their own rollouts: entropy-preserving policy gradients."""
