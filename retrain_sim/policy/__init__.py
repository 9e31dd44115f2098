"""Policy gradients: policies trained on their own rollouts."""
