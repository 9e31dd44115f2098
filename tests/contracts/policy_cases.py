"""The components of policy gradients and of control, made small and ready to call."""

from typing import Any, NamedTuple

from retrain_sim.registry import build


class EnvironmentCase(NamedTuple):
    environment: Any
    policy: Any


def made(family, kind, **settings):
    """Make a component as a scenario file does."""
    return build(family, {"kind": kind, **settings}, family)


BANDIT = made("policy", "tabular", n_actions=6)
ENVIRONMENTS = {
    "contextual": [
        EnvironmentCase(
            made("environment", "contextual", n_contexts=3, n_prompts=2, n_arms=6),
            made("policy", "tabular", n_actions=6, n_contexts=3),
        )
    ],
    "many-solutions": [
        EnvironmentCase(
            made("environment", "many-solutions", n_arms=6, n_correct=2),
            BANDIT,
        )
    ],
    "programs": [
        EnvironmentCase(
            made("environment", "programs", n_contexts=2, n_measured=8, k=4), policy
        )
        for policy in (
            made("policy", "bigram", n_contexts=2),
            made("policy", "transformer", n_contexts=2, width=8, heads=2),
        )
    ],
    "random-reward": [EnvironmentCase(made("environment", "random-reward"), BANDIT)],
    "targets": [
        EnvironmentCase(
            made(
                "environment", "targets", n_contexts=2, reading_steps=3, n_measured=16
            ),
            made("policy", "bigram", n_actions=12, n_contexts=2),
        )
    ],
    "tool-use": [
        EnvironmentCase(
            made("environment", "tool-use", n_measured=8, k=4),
            made("policy", "mlp", n_actions=8, hidden=4),
        )
    ],
}
TOKENS = {"n_actions": 5, "n_contexts": 3}
POLICIES = {
    "bigram": [made("policy", "bigram", **TOKENS)],
    "linear": [made("policy", "linear", **TOKENS, window=3)],
    "mlp": [made("policy", "mlp", **TOKENS, matmul="bfloat16")],
    "tabular": [
        made("policy", "tabular", n_actions=5, n_contexts=3),
        made("policy", "tabular", n_actions=5, n_contexts=3, length=4, spread=0.5),
    ],
    "transformer": [made("policy", "transformer", **TOKENS, width=8, heads=2)],
}
ADVANTAGES = {
    "centered": [made("advantage", "centered")],
    "group-normalized": [made("advantage", "group-normalized")],
    "plain": [made("advantage", "plain", baseline=0.5)],
    "rloo": [made("advantage", "rloo")],
}
AVERAGES = {
    "rollout-mean": [made("average", "rollout-mean")],
    "rollout-sum": [made("average", "rollout-sum")],
    "token-mean": [made("average", "token-mean", dynamic=d) for d in (True, False)],
}
CLIPS = {
    "gspo": [made("clip", "gspo")],
    "none": [made("clip", "none")],
    "ppo": [made("clip", "ppo", e_high=0.28)],
}
TRANSFORMS = {
    "none": [made("transform", "none")],
    "repo-const": [made("transform", "repo-const")],
    "repo-d": [made("transform", "repo-d", zeta=0.5)],
    "repo-n": [made("transform", "repo-n")],
    "repo-r": [made("transform", "repo-r", zeta=z) for z in (0.5, -0.5)],
    "repo-r-submitted": [made("transform", "repo-r-submitted", zeta=0.5)],
}
BONUSES = {
    "entropy": [made("bonus", "entropy")],
    "kl-reference": [made("bonus", "kl-reference")],
    "none": [made("bonus", "none")],
}
OPTIMIZERS = {
    "adam": [made("optimizer", "adam")],
    "sgd": [made("optimizer", "sgd")],
}
ARITHMETICS = {
    "biased-ratio": [made("arithmetic", "biased-ratio", bias=0.001)],
    "exact": [made("arithmetic", "exact")],
    "noisy-ratio": [made("arithmetic", "noisy-ratio", scale=0.003, clip_only=True)],
    "precision": [made("arithmetic", "precision", log_probs="bfloat16")],
}
TARGETS = {
    "held": [made("target", "held"), made("target", "held", relative=False)],
    "ramped": [made("target", "ramped", rounds=4)],
    "stepped": [made("target", "stepped", at=2)],
}
CONTROLLERS = {
    "additive": [made("controller", "additive")],
    "factor": [made("controller", "factor", raises=r) for r in (True, False)],
    "fixed": [made("controller", "fixed")],
    "halving": [made("controller", "halving", two_sided=s) for s in (True, False)],
    "integral": [made("controller", "integral", target={"kind": "ramped"})],
}
POLICY_TABLES = {
    "target": TARGETS,
    "controller": CONTROLLERS,
    "environment": ENVIRONMENTS,
    "policy": POLICIES,
    "advantage": ADVANTAGES,
    "average": AVERAGES,
    "clip": CLIPS,
    "transform": TRANSFORMS,
    "bonus": BONUSES,
    "optimizer": OPTIMIZERS,
    "arithmetic": ARITHMETICS,
}
