"""Sweep folders of policy scenarios: those of ``retrain_sim.sweeping``."""

from __future__ import annotations

from typing import Any

from retrain_sim.policy.folder import PolicyFolder
from retrain_sim.policy.spec import PolicySpec, make_policy_spec
from retrain_sim.sweeping.folder import SweepFolder


class PolicySweepFolder(SweepFolder):
    """One sweep of a policy scenario on disk."""

    kind = PolicyFolder.kind

    def rebuilt(self, name: str, values: dict[str, Any], source: str) -> PolicySpec:
        """Check the values that were swept, and make the scenario of them."""
        return make_policy_spec(name, values, source)
