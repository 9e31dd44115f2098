"""The primer: every claim can fail, and the page says what was found."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.base import find
from experiments.dose_curve import judge as dose
from experiments.primer import MODULES, PARTS
from experiments.primer import p04_shortcut as shortcut
from experiments.primer import p06_tails as tails
from experiments.primer.driver import Distance, Finding, Part, distance, shown
from experiments.primer.judging import agrees, alike, deviation, more
from experiments.primer.page import overview, render
from experiments.primer.ranks import rank_w2, to_law
from experiments.primer.shortcut import CAUSES, SEPARATION, STRENGTH, Table, scores
from experiments.primer.slants import slanted
from retrain_sim.dose.distances.line import squared_w2_line
from retrain_sim.dose.learners import Linear
from retrain_sim.dose.shortcut import shortcut_accuracy
from retrain_sim.errors import UserError
from retrain_sim.verdicts import FAIL, PASS

SEEDS = 24


def test_parts_can_be_run_alone():
    assert len(PARTS) == len(MODULES) == 10
    assert [e.name for e in find("primer-p10")] == ["primer-p10"]
    with pytest.raises(UserError, match="did you mean 'primer-p4'"):
        find("primer-p44")


def test_verdicts_fail_on_what_is_not_so():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, SEEDS))
    assert more("a", a + 3, b).verdict == PASS
    assert more("a", a, b).verdict == FAIL
    assert more("a", a + 3, b, least=3.0).verdict == FAIL
    assert more("a", a * np.nan, b).verdict == FAIL
    assert alike("a", a, a + 0.01, 0.1).verdict == PASS
    assert alike("a", a, b, 0.1).verdict == FAIL
    assert agrees("a", a, float(a.mean())).verdict == PASS
    assert agrees("a", a, 9.0).verdict == FAIL
    assert abs(deviation(a, 9.0)) > 4


def test_the_shortcut_fails_where_there_is_none():
    rng = np.random.default_rng(0)
    shape = (SEEDS, len(shortcut.RHO), len(shortcut.FRACTION))
    names = [
        f"{w}/{s}" for w in shortcut.WORLDS for s in ("benchmark", "real", "flipped")
    ]
    nothing = {name: 0.8 + 0.01 * rng.normal(size=shape) for name in names}
    found = shortcut.judge(nothing)
    controls = [v.verdict for v in found if "control" in v.subject]
    assert controls == [PASS, PASS]
    assert {v.verdict for v in found if "control" not in v.subject} == {FAIL}


def test_the_law_of_the_shortcut_is_that_of_bayes_rule(key):
    """Log odds: 2 x STRENGTH per cause, and those of an artefact right in 90 %."""
    n, rho = 50_000, 0.8
    key_label, key_x, key_test = jax.random.split(key, 3)
    y = jax.random.bernoulli(key_label, shape=(n,)).astype(jnp.int32)
    x = STRENGTH * (2.0 * y - 1)[:, None] + jax.random.normal(key_x, (n, CAUSES))
    odds = [2 * STRENGTH] * CAUSES + [np.log((1 + rho) / (1 - rho))]
    bayes = Linear(jnp.array(odds)[:, None], jnp.zeros(1))
    found = scores(key_test, bayes, Table(x, y), rho)
    for name, law in shortcut_accuracy(SEPARATION, rho)._asdict().items():
        assert abs(float(found[name]) - law) < 4 * (law * (1 - law) / n) ** 0.5


def test_the_law_of_the_shortcut_refuses_certainty():
    with pytest.raises(ValueError, match="reliance below 1"):
        shortcut_accuracy(1.0, 1.0)


def test_tails_fail_where_nothing_is_truncated():
    rng = np.random.default_rng(0)
    names = [f"{m}/{g}" for m in ("recall", "q999") for g in tails.GENERATORS]
    names += [f"digits/{w}/{g}" for w in ("rare", "all") for g in ("whole", "top-p")]
    names += [f"slant/{w}/{g}" for w in ("tail", "all") for g in ("whole", "cut")]
    m = {name: 1 + 0.1 * rng.normal(size=SEEDS) for name in names}
    m |= {"tail/own": 1 + 0.07 * rng.normal(size=SEEDS)}
    m |= {"tail/fresh": 1 + 0.07 * rng.normal(size=SEEDS)}
    found = [v.verdict for v in tails.judge(m)]
    nothing_cut = [FAIL] * 6
    assert found == [PASS, *nothing_cut, PASS, FAIL, FAIL]


def test_a_slant_moves_rows_against_each_other():
    image = jnp.full((8, 8), -1.0).at[:, 4].set(1.0).reshape(1, 64)
    upright = slanted(image, jnp.zeros(1))
    np.testing.assert_allclose(upright, image, atol=1e-6)
    leaning = np.asarray(slanted(image, jnp.full(1, 0.4))).reshape(8, 8)
    columns = (leaning + 1) @ np.arange(8) / (leaning + 1).sum(axis=1)
    np.testing.assert_allclose(np.diff(columns), -0.4, atol=1e-5)


def test_the_distance_of_letters_is_that_of_a_sample():
    """Against the exact distance of samples, and within its own floor."""
    p, q = np.array([0.5, 0.25, 0.25, 0.0]), np.array([0.0, 0.25, 0.25, 0.5])
    letters = [np.repeat(np.arange(4.0), (4 * law).astype(int)) for law in (p, q)]
    expected = squared_w2_line(*letters) ** 0.5
    assert float(rank_w2(jnp.asarray(p), jnp.asarray(q))) == pytest.approx(expected)
    assert not to_law(p, np.array([0.0, 0.01]), 20).value > 0.01
    assert to_law(p, np.ones(2), 2000).floor < to_law(p, np.ones(2), 20).floor < 1


def test_a_distance_has_its_floor():
    """A shift by a vector of length 5 in three dimensions, and one by nothing."""

    def law(shift):
        return lambda key: jax.random.normal(key, (2000, 3)) + jnp.array([shift])

    found = distance(law([0.0, 0.0, 0.0]), law([3.0, 0.0, 4.0]))
    assert found.value == pytest.approx(5 / 3**0.5, rel=0.1)
    assert found.floor < 0.2
    assert str(Distance(0.1, 0.2)).endswith("not resolved)")


def a_finding(verdict):
    return Finding(
        f"a number {shown(np.array([0.1, 0.2]))}",
        [more("high", np.array([2.0, 2.1]) * verdict, np.array([1.0, 1.0]))],
        lambda left, right: left.plot([0, 1]),
        {"Q": Distance(0.5, 0.1)},
        {"m": np.ones(3)},
    )


def test_the_page_says_what_was_found():
    parts = [
        Part(f"p{i}", f"T{i}", f"claim <{i}>", "e", lambda p: None) for i in (1, 2)
    ]
    findings = dict(zip(parts, (a_finding(1), a_finding(0)), strict=True))
    page = render(findings, "smoke")
    assert page.count("data:image/png;base64,") == 4  # small and large
    assert "Claim &lt;1&gt;" in page
    assert "0.150\u00a0±\u00a00.098" in page
    assert "1 of 2 verdicts" in page
    assert "0.500 (real vs real 0.100)" in page
    assert page.count('class="FAIL"') == 3  # in the table, the heading, the verdict
    assert page.count("http") == 0  # self-contained
    assert len(overview(findings).subfigs) == 2


def test_the_dose_curve_fails_without_a_u():
    rng = np.random.default_rng(0)
    ratios = (0.0, 1.0, 2.0, 4.0, 8.0)
    bowl = np.array([0.4, 0.3, 0.2, 0.3, 0.45]) + 0.01 * rng.normal(size=(40, 5))
    slope = np.linspace(0.5, 0.1, 5) + 0.01 * rng.normal(size=(40, 5))
    assert dose.u_shaped("bowl", bowl, ratios).verdict == PASS
    assert dose.u_shaped("slope", slope, ratios).verdict == FAIL
    assert dose.harms("bowl", bowl, 1).verdict == PASS
    assert dose.harms("slope", slope, 1).verdict == FAIL
    moving = np.stack([np.roll(bowl, s, axis=1) for s in (2, 1, 0)], axis=1)
    gaps = (0.0, 1.0, 2.0)
    assert dose.falls(moving, gaps, ratios).verdict == PASS
    assert dose.falls(moving[:, ::-1], gaps, ratios).verdict == FAIL


def test_generators_of_digits_are_judged_one_by_one():
    rng, ratios = np.random.default_rng(0), (0.0, 1.0, 2.0, 4.0, 8.0)
    pairs = ((dose.GOOD, dose.POOR), *dose.NETWORKS.values())

    def verdicts(errors):
        return [*dose.of_digits(errors, ratios), *dose.of_networks(errors)]

    flat = {
        name: 0.2 + 0.01 * rng.normal(size=(40, 5)) for pair in pairs for name in pair
    }
    assert {v.verdict for v in verdicts(flat)} == {FAIL}
    fall, bowl = np.linspace(0.3, 0.0, 5), np.array([0.1, 0.05, 0.0, 0.1, 0.3])
    right = {good: flat[good] + fall for good, _ in pairs}
    right |= {poor: flat[poor] + bowl for _, poor in pairs}
    assert {v.verdict for v in verdicts(right)} == {PASS}


@pytest.mark.slow
@pytest.mark.parametrize("name", PARTS)
def test_every_claim_holds(name, tmp_path):
    verdicts = PARTS[name].run("smoke", tmp_path)
    assert [v for v in verdicts if v.verdict != PASS] == []
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    assert (tmp_path / "primer.html").stat().st_size > 10_000
