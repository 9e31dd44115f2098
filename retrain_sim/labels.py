"""Names of metrics for people."""

from __future__ import annotations


def label_of(metric: str) -> str:
    """Write a metric's name for an axis.

    Example:
        >>> label_of("collapse/class_entropy"), label_of("reward/zero/mean")
        ('class entropy (nats)', 'reward zero: mean')
    """
    family, _, rest = metric.partition("/")
    words = rest.replace("_", " ")
    if family == "reward" and "/" in rest:
        name, statistic = rest.rsplit("/", 1)
        return f"reward {name}: {statistic}"
    if family == "reward":
        return "mean reward"
    if family == "share":
        return f"share of {rest}"
    nats = ("class_entropy", "kl_to_uniform", "knn_entropy")
    return words + (" (nats)" if rest in nats else "")
