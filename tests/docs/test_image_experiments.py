"""Experiments on images: the paper's profile, and judges that can fail."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from image_files import cifar_folder

import experiments.__main__ as command
from experiments import image_pluralism
from experiments.few_kept.judge import by_heart, fresh, nearer, poorer
from experiments.image_pluralism import settings
from experiments.image_pluralism.cost import cost_lines
from experiments.vae_loop.judge import about_zero, falls_until_gone, narrower, stays
from retrain_sim import load_spec
from retrain_sim.cli import guarded
from retrain_sim.verdicts import FAIL, PASS

TINY = {
    "model": {
        "kind": "flow-matching",
        "network": "unet",
        "size": "tiny",
        "coupling": "optimal-transport",
        "initial_steps": 1,
        "steps": 1,
        "batch": 4,
        "average": 0.9999,
        "solver": "midpoint",
        "solver_steps": 1,
        "bound": 1.0,
    },
    "curation.n_candidates": 12,
    "curation.n_kept": 6,
    "run.rounds": 1,
    "run.seeds": 2,
    "run.atoms": 12,
    "arms": {"five": {}, "one": {"curation": {"voter_weights": [1, 0, 0, 0, 0]}}},
    "claim": [{"kind": "ordered", "arms": ["one", "five"]}],
}
"""The paper's profile, shrunk."""


@pytest.fixture
def cli(monkeypatch, tmp_path):
    """Run the command; return its exit code."""
    monkeypatch.setattr(command, "configure", lambda: None)
    out = tmp_path / "out"

    def run(*words):
        monkeypatch.setattr("sys.argv", ["experiments", *words, "--out", str(out)])
        return guarded(command.app)

    return run


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--profile", "paper"],
            "image-pluralism: --data is missing; --data PATH names",
        ),
        (["--profile", "paper", "--data", "nowhere"], "nowhere: no such file"),
        (["--profile", "papers"], "did you mean 'paper'?"),
        (["--profile", "full", "--smoke"], "exclude each other"),
        (["--data", "."], "--data belongs to --profile paper"),
    ],
)
def test_what_the_profiles_refuse(cli, tmp_path, capsys, words, says):
    assert cli("run", "image-pluralism", *words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert not (tmp_path / "out").exists()


def test_an_experiment_without_data_names_those_that_have_some(cli, capsys):
    assert cli("run", "triangle", "--profile", "paper", "--data", ".") == 2
    assert "these have: image-pluralism" in capsys.readouterr().err


def test_a_profile_can_be_named(monkeypatch, cli):
    seen = []
    monkeypatch.setattr(
        command, "find", lambda name: [dataclasses.replace(EXAMPLE, run=spy(seen))]
    )
    assert cli("run", "any", "--profile", "full") == 0
    assert seen == ["full"]


EXAMPLE = image_pluralism.EXPERIMENT


def spy(seen):
    def run(profile, folder):
        seen.append(profile)
        return []

    return run


def test_a_folder_without_cifars_files_is_refused_before_any_work(
    cli, tmp_path, capsys
):
    assert cli("run", "image-pluralism", "--profile", "paper", "--data", ".") == 2
    err = capsys.readouterr().err
    assert "no data_batch_1.bin" in err
    assert "cs.toronto.edu" in err


def test_the_papers_profile_has_the_papers_sizes(tmp_path):
    data = cifar_folder(tmp_path)
    spec = load_spec(settings.SCENARIO, settings.paper(data))
    sizes = spec.values["curation"]
    assert (sizes["n_candidates"], sizes["n_kept"], spec.run.rounds) == (
        50000,
        2500,
        25,
    )
    assert {reward["scale"] for reward in spec.values["reward"]} == {5.0}
    assert {arm["curation"]["slate_size"] for arm in spec.arms.values()} == {4}


@pytest.mark.slow
def test_the_cost_is_counted_before_the_run(tmp_path):
    shrunk = settings.paper(cifar_folder(tmp_path)) | TINY
    memory, arithmetic = cost_lines(load_spec(settings.SCENARIO, shrunk))
    assert "million parameters" in memory
    assert "not measured" in arithmetic


@pytest.mark.slow
def test_the_papers_profile_runs_on_a_few_files(monkeypatch, tmp_path):
    monkeypatch.setattr("retrain_sim.classifier.STEPS", 2)
    monkeypatch.setattr("retrain_sim.kit.accuracy", lambda *given: 1.0)
    monkeypatch.setattr(
        image_pluralism, "paper", lambda data: settings.paper(data) | TINY
    )
    data = cifar_folder(tmp_path)
    verdicts = image_pluralism.run_paper(data, tmp_path / "run")
    assert verdicts[0].verdict == FAIL  # random images, one optimizer step
    assert (tmp_path / "run" / "figure.png").stat().st_size > 10_000
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_weak_model_fails_image_pluralism():
    notes = {"atoms": 4, "quality": {"recognized": 0.9, "real_recognized": 0.9}}
    notes["quality"] |= {"frechet": 1.0, "floor": 1.0, "limit": 2.0}
    good = SimpleNamespace(warnings=[], notes=notes)
    weak = SimpleNamespace(warnings=["too weak"], notes=notes)
    assert image_pluralism.quality_verdict(good).verdict == PASS
    assert "Frechet" in image_pluralism.quality_verdict(good).reason
    assert image_pluralism.quality_verdict(weak).verdict == FAIL
    assert image_pluralism.quality_verdict(weak).reason == "too weak"


def paths(*ends, start=1.0, seeds=8, rounds=5):
    """Make values [s, t] that go straight to each end, with a little noise."""
    noise = 0.001 * np.random.default_rng(0).normal(size=(seeds, rounds + 1))
    return [np.linspace(start, end, rounds + 1)[None] + noise for end in ends]


def verdicts_of(made):
    return [verdict.verdict for verdict in made]


def test_latents_that_stay_fail_the_vae_loop():
    worn, still = paths(0.5, 1.0)
    assert falls_until_gone(worn).verdict == PASS
    assert falls_until_gone(still).verdict == FAIL
    recovers = np.concatenate([worn, worn[:, -2:-1]], axis=1)
    assert falls_until_gone(recovers).verdict == FAIL
    arms = {"worn": worn, "still": still}
    assert narrower(arms, "worn", "still").verdict == PASS
    assert narrower(arms, "still", "worn").verdict == FAIL
    assert stays(still, worn).verdict == PASS
    assert stays(worn, worn).verdict == FAIL
    assert about_zero(0.1 * worn, worn).verdict == PASS
    assert about_zero(0.5 * worn, worn).verdict == FAIL


def test_latents_that_are_gone_need_not_fall_but_must_not_return():
    (gone,) = paths(0.01, rounds=4)
    last = gone[:, -1:]
    assert falls_until_gone(np.hstack([gone, last, last])).verdict == PASS
    assert falls_until_gone(np.hstack([gone, last, last + 0.2])).verdict == FAIL


def test_models_that_do_not_copy_fail_few_kept():
    copies, others = paths(0.1, 1.0, start=0.2)
    assert by_heart("a", copies).verdict == PASS
    assert by_heart("a", others).verdict == FAIL
    assert fresh("a", others).verdict == PASS
    assert fresh("a", copies).verdict == FAIL
    for compare in (nearer, poorer):
        assert compare(copies, others).verdict == PASS
        assert compare(others, copies).verdict == FAIL
        assert compare(others, others).verdict == FAIL


@pytest.mark.slow
@pytest.mark.parametrize("name", ["few-kept", "image-pluralism", "vae-loop"])
def test_experiments_on_images_hold(cli, name):
    assert cli("run", name, "--smoke") == 0
