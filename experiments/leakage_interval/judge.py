"""What should hold of the leakage interval, and what it does not promise."""

from __future__ import annotations

import numpy as np

from experiments.common import holds
from experiments.leakage_interval import compromise
from experiments.leakage_interval.landscapes import GONE, Outcome, outcome
from retrain_sim.theory import audit_basins, nash_bargaining
from retrain_sim.verdicts import Verdict


def inside(name: str, found: list[Outcome]) -> Verdict:
    """Count limits outside the interval where the theorem applies."""
    judged = [one for one in found if one.guaranteed()]
    wrong = sum(not one.inside() for one in judged)
    subject = f"{name}: a inside the interval where assumed and m = 0"
    return _counted(subject, len(judged), wrong)


def sharper(found: list[Outcome]) -> Verdict:
    """Count the same for the sharper kappa, exp(-(gap - eps))."""
    judged = [one for one in found if one.guaranteed()]
    wrong = sum(not one.inside("sharp") for one in judged)
    return _counted("the sharper interval holds too", len(judged), wrong)


def too_sharp(found: list[Outcome]) -> Verdict:
    """Count the same for exp(-(gap + eps)), which must fail."""
    judged = [one for one in found if one.guaranteed()]
    wrong = sum(not one.inside("wrong") for one in judged)
    subject = "control: with exp(-(gap + eps)) it is false"
    return holds(subject, wrong > 0, f"{wrong} of {len(judged)} outside")


def assumptions_miss(found: list[Outcome]) -> Verdict:
    """Look for mass that stays outside although the main text's assumptions hold."""
    assumed = [one for one in found if one.assumed]
    stays = sum(one.outside > GONE for one in assumed)
    subject = "the main text assumes too little: mass may stay outside"
    return holds(subject, stays > 0, f"{stays} of {len(assumed)} random landscapes")


def domination(found: list[Outcome]) -> Verdict:
    """Count landscapes with outside domination at every round: m must vanish."""
    dominated = [one for one in found if one.dominated]
    wrong = sum(one.outside > GONE for one in dominated)
    shown = f"{wrong} of {len(dominated)} contradict it ({len(found)} looked at)"
    return holds("outside domination makes m vanish", wrong == 0, shown)


def one_voter() -> Verdict:
    """Give voter 1 all the weight: the share must be 1."""
    found = outcome(compromise.rewards(4.0, 2.0), 1.0, 0.1)
    return holds("control: q = 1 collapses", found.a == 1.0, f"a = {found.a}")


def identical() -> Verdict:
    """Give both voters one reward: the audit must refuse, and nobody bargains."""
    same = np.tile([[0.0, 0.0, -3.0]], (2, 1))
    audit = audit_basins([0.2, 0.3, 0.5], same, 0.1, [0.5, 0.5])
    limit = nash_bargaining(same, [0.5, 0.5], [0.2, 0.3, 0.5]).probs
    refused = not audit.main_text["disjoint basins"]
    as_before = bool(np.allclose(limit, [0.4, 0.6, 0.0], atol=1e-12))
    subject = "control: identical rewards have no bargain"
    shown = "basins overlap; the best outcomes keep their proportions"
    return holds(subject, refused and as_before, shown)


def below_leakage() -> Verdict:
    """Give voter 1 less weight than its leakage: nothing is guaranteed, and a = 0."""
    found = outcome(-np.array([[0.0, 1.0], [1.0, 0.0]]), 0.2, 0.0)
    lost = found.a == 0 and not found.assumed and found.interval == (0.0, 1.0)
    subject = "control: q below kappa_1 loses the guarantee and the minority"
    return holds(
        subject, lost, f"kappa = {found.kappa[0]:.3f}, q = 0.2, a = {found.a:g}"
    )


def counterexample(gaps, shorts, slate_size: float) -> Verdict:
    """Compare exact growth with the law of the compromise on a grid."""
    exact = compromise.invades(gaps, shorts, slate_size)
    law = [[compromise.law(g, s, slate_size) for g in gaps] for s in shorts]
    wrong = int((exact != np.array(law)).sum())
    rule = "short < gap / 2" if slate_size == 2 else "2 e^-short > 1 + e^-gap"
    return _counted(
        f"K = {slate_size:g}: compromise invades iff {rule}", exact.size, wrong
    )


def everything() -> Verdict:
    """Follow an invading compromise to its end, and one that cannot invade."""
    taken, kept = compromise.takes_over(4.0, 0.5), compromise.takes_over(4.0, 0.9)
    ends = abs(taken - 1) < 1e-9 and kept == 0
    subject = "an invading compromise takes everything at q = 1/2"
    return holds(
        subject, ends, f"gap 4: short by 0.5 has {taken:.3f}, by 0.9 {kept:.3f}"
    )


def _counted(subject: str, judged: int, wrong: int) -> Verdict:
    shown = f"{wrong} of {judged} contradict it"
    return holds(subject, judged > 0 and wrong == 0, shown, float(wrong))
