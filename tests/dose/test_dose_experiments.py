"""The experiments on doses can fail, and hold when they run."""

import numpy as np
import pytest

from experiments.dose_choice import judge as choice
from experiments.dose_choice import means
from experiments.dose_choice.classes import CLASSES, RATIOS, errors_by_class, world
from experiments.dose_groups import judge as groups
from experiments.dose_groups.rules import OFF, RULES
from experiments.dose_kernel_ridge import judge as kernel
from experiments.dose_kernel_ridge import setup
from retrain_sim.dose.laws import kernel_risk
from retrain_sim.verdicts import FAIL, PASS


def noisy(values, n=30):
    """Seeds around some means, along the last axis."""
    values = np.asarray(values, float)[..., None]
    return values + 1e-3 * np.random.default_rng(0).normal(size=(*values.shape[:-1], n))


def test_the_best_rule_is_judged_at_its_worst_distance():
    good = noisy([[0.5, 0.4, 0.1, 0.1], [9.0, 16.0, 0.2, 0.1]])
    assert choice.beats(good, "law, sliced W2", ("1:1", "1:2"), "a").verdict == PASS
    assert choice.beats(good, "K-fold", ("law, sliced W2",), "a").verdict == PASS
    swapped = good[:, ::-1]
    assert choice.beats(swapped, "K-fold", ("1:1",), "a").verdict == FAIL
    assert choice.beats(good, "1:1", ("1:1",), "a").verdict == FAIL


def test_the_law_of_a_mean_chooses_better_than_fixed_ratios():
    regrets = means.regrets(2.4, 10, 0)
    assert (regrets >= 0).all()
    assert regrets[2].mean() < 0.1 < regrets[0].mean() < regrets[1].mean()


def table(**rules):
    """Errors by class of each rule: a number for good classes, one for bad."""
    rows = [np.where(OFF == 0, *rules.get(r.split(",")[0], (0.3, 0.3))) for r in RULES]
    return noisy(rows).transpose(2, 0, 1)


def test_the_worst_class_is_judged_seed_by_seed():
    found = table(law=(0.2, 0.3), none=(0.4, 0.4))
    assert groups.below(found, "law, by class", "none").verdict == PASS
    assert groups.below(found, "none", "law, by class").verdict == FAIL
    assert groups.below(found, "1:1", "all 16").verdict == FAIL


def test_somebody_must_pay_for_one_dose():
    ruined = table(all=(0.1, 0.9))
    ruined[:, RULES.index("all 16")] = np.where(OFF == 0, 0.1, 0.9)
    assert groups.who_pays(ruined).verdict == PASS
    harmless = ruined.copy()
    harmless[:, RULES.index("all 16")] = 0.1
    assert groups.who_pays(harmless).verdict == FAIL


def test_doses_of_a_perfect_generator_lower_every_error():
    pair, test = world(np.zeros(CLASSES), 0)
    counts = 20.0 * RATIOS[[0, -1], None] * np.ones(CLASSES)
    none, much = errors_by_class(pair, test, counts, np.array([2, 2])).mean(axis=1)
    assert much < 0.6 * none


@pytest.fixture(scope="module")
def designs():
    return kernel.tables(12)


def test_the_kernel_table_fails_with_another_noise(designs, monkeypatch):
    assert kernel.direct(designs[0]).verdict == PASS
    assert kernel.published(designs, "perfect").verdict == PASS
    assert kernel.monte_carlo(designs[0], 200).verdict == PASS

    def noisier(gram, cross, gaps, noise, strengths):
        return kernel_risk(gram, cross, gaps, 1.5 * noise, strengths)

    monkeypatch.setattr(kernel, "kernel_risk", noisier)
    assert kernel.direct(designs[0]).verdict == FAIL
    assert kernel.published(designs, "perfect").verdict == FAIL
    monkeypatch.setattr(kernel, "simulated", lambda *_: np.array([1.0, 1.1]))
    assert kernel.monte_carlo(designs[0], 2).verdict == FAIL


def test_shapes_are_told_apart(designs):
    risks = {
        name: kernel.exact(designs[0], name, setup.STRENGTHS) for name in setup.GAPS
    }
    right = kernel.shapes(risks["perfect"], risks["smooth"])
    assert [v.verdict for v in right] == [PASS, PASS]
    wrong = kernel.shapes(risks["smooth"], risks["perfect"])
    assert [v.verdict for v in wrong] == [FAIL, FAIL]


def test_an_error_within_reach_is_not_inherited(designs, monkeypatch):
    assert kernel.correction(designs)[0].verdict == PASS
    assert kernel.wrong_floor(designs[0]).verdict == PASS
    gaps = setup.GAPS
    monkeypatch.setitem(gaps, "smooth", gaps["high frequency"])
    assert kernel.wrong_floor(designs[0]).verdict == FAIL


def test_the_cost_of_the_bound_can_be_wrong(monkeypatch):
    assert [v.verdict for v in kernel.bound()] == [PASS, PASS]
    monkeypatch.setattr(kernel, "bound_regret", lambda *_: 1.5)
    monkeypatch.setattr(
        kernel, "best_strength_exponents", lambda _: kernel_exponents(0.26)
    )
    assert [v.verdict for v in kernel.bound()] == [FAIL, FAIL]


def kernel_exponents(strength):
    from retrain_sim.dose.laws.power_law import Exponents

    return Exponents(strength, 0.9)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["choice", "groups", "kernel_ridge"])
def test_experiments_on_doses_hold(name, tmp_path):
    import importlib

    module = importlib.import_module(f"experiments.dose_{name}")
    verdicts = module.EXPERIMENT.run("smoke", tmp_path)
    assert [v for v in verdicts if v.verdict == FAIL] == []
    assert (tmp_path / "figure.png").stat().st_size > 10_000
