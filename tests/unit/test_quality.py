"""p_0's images: good enough for conclusions, or the run says that they are not."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from support import prepared_of, quick_limits, ready_result

from retrain_sim.kit import Kit
from retrain_sim.quality import Quality, measure_quality, shortcomings
from retrain_sim.report import write_report
from retrain_sim.terminal import print_result

SMALL = {
    "model": {"kind": "kernel-density", "bandwidth": 0.1},
    "metrics__names": ["diversity", "shares", "recognizable"],
    "run": {"rounds": 1, "seeds": 1, "atoms": 600},
}


quick = pytest.fixture(autouse=True, scope="module")(quick_limits)


@pytest.fixture(scope="module")
def prepared():
    """Prepare real digits with a little noise: a good p_0."""
    return prepared_of("digits", **SMALL)


@pytest.fixture(scope="module")
def measure(prepared):
    """Measure images as p_0's."""
    kit = Kit(prepared.spec, lambda line: None)
    classifier = next(iter(prepared.arms.values())).groups.classifier
    splits = kit.splits.model, kit.splits.reference
    return lambda x: measure_quality(classifier, jnp.asarray(x), *splits)


def test_a_model_that_draws_digits_is_good_enough(prepared):
    quality = Quality(**prepared.notes["quality"])
    assert shortcomings(quality) == []
    assert quality.recognized > 0.8


def test_an_untrained_model_is_too_weak():
    quality = Quality(**ready_result("digits").notes["quality"])
    assert len(shortcomings(quality)) == 2


def test_the_training_images_are_at_the_floor(prepared, measure):
    real = next(iter(prepared.arms.values())).real[0]
    found = measure(real)
    assert found.frechet == pytest.approx(found.floor, rel=1e-4)
    assert found.limit > 1.5 * found.floor
    metric = prepared.real["quality/recognizable"]
    assert found.recognized == pytest.approx(metric, abs=1e-6)


def test_real_digits_without_two_classes_are_too_weak(prepared, measure):
    """As a model that has lost two classes before the first round."""
    arm = next(iter(prepared.arms.values()))
    x, groups = arm.real[0], np.asarray(arm.groups(arm.real[0], jnp.zeros((1, 1))))
    (line,) = shortcomings(measure(x[groups > 1]))
    assert "Frechet distance" in line


def test_a_run_says_so_in_the_terminal_and_in_the_report(tmp_path, capsys):
    result = ready_result("digits")
    page = write_report(result, tmp_path)[-1]
    print_result(result, tmp_path, page)
    out, text = capsys.readouterr().out, page.read_text(encoding="utf-8")
    assert out.count("warning: the model is too weak") == len(result.warnings) == 2
    assert text.count('<p class="warning">') == 2
    for place in (out, text):
        assert "Frechet distance" in place
    assert result.summary()["warnings"] == result.warnings


@pytest.mark.slow
def test_a_good_run_does_not_warn(prepared, tmp_path):
    result = ready_result("digits")
    notes = result.notes | {"quality": prepared.notes["quality"]}
    good = dataclasses.replace(result, notes=notes)
    assert good.warnings == []
    page = write_report(good, tmp_path)[-1].read_text(encoding="utf-8")
    assert "Warning:" not in page
    assert "Frechet distance" in page


def test_runs_without_images_say_nothing_of_quality():
    result = ready_result("two-tribes")
    assert result.warnings == []
    assert "quality" not in result.notes
