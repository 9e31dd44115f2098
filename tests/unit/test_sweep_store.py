"""Sweeps on disk: nothing lost, nothing done twice, nothing mixed; the results."""

import math
import os
import subprocess
import sys
import tomllib

import numpy as np
import pytest
import tomli_w
import xarray as xr
from support import assert_identical, result_of, spec_of

from retrain_sim import open_results
from retrain_sim.errors import UserError
from retrain_sim.runner import run
from retrain_sim.sweeping import (
    Options,
    grid,
    parse_axis,
    plan_sweep,
    resume_sweep,
    sweep,
)
from retrain_sim.sweeping.folder import SweepFolder
from retrain_sim.sweeping.footprint import parse_memory
from retrain_sim.sweeping.lock import locked
from retrain_sim.sweeping.summary import points_table, trouble_line, verdict_line
from retrain_sim.sweeping.verdicts import NOT_DONE, count_verdicts, with_verdicts

SMALL = {
    "curation__n_candidates": 60,
    "curation__n_kept": 60,
    "run__rounds": 5,
    "run__seeds": 4,
}
METRIC = "share/minority's"
AXES = "curation.voter_weights.0=0.2,0.5", "curation.temperature=1,2,4"


def spec():
    return spec_of("two-tribes", **SMALL)


def design():
    return grid([parse_axis(text) for text in AXES])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep") / "whole"
    return sweep(spec(), design(), folder, options=Options(batch=4))


class StopError(Exception):
    """Stands for a kill."""


def stopped(path, monkeypatch, n_units):
    """Begin the sweep; stop it while a unit is being written."""
    add = SweepFolder.add

    def add_or_stop(self, found):
        if len(self.files()) == n_units:
            raise StopError
        add(self, found)

    with monkeypatch.context() as patch:
        patch.setattr(SweepFolder, "add", add_or_stop)
        with pytest.raises(StopError):
            sweep(spec(), design(), path, options=Options(batch=4))
    return SweepFolder.open(path)


def test_results_lie_on_the_grid(whole):
    found = open_results(whole.path)
    sizes = {"voter_weights_0": 2, "temperature": 3, "arm": 2, "seed": 4, "round": 6}
    assert {k: found.sizes[k] for k in sizes} == sizes
    assert found[METRIC].notnull().all()
    point = found.sel(voter_weights_0=0.2, temperature=4)
    alone = result_of(
        "two-tribes",
        **SMALL,
        curation__voter_weights=[0.2, 0.8],
        curation__temperature=4.0,
    )
    np.testing.assert_allclose(point[METRIC], alone.history[METRIC], atol=1e-6)
    np.testing.assert_allclose(
        point[f"predicted/{METRIC}"], alone.prediction[METRIC], rtol=1e-6
    )
    assert [str(v) for v in point["verdict"].values] == [
        alone.verdicts[arm].verdict for arm in alone.arms
    ]


def test_results_say_what_they_are(whole):
    found = open_results(whole.path)
    assert found["voter_weights"].sel(voter_weights_0=0.2).values.tolist() == [0.2, 0.8]
    assert "temperature" in found["temperature"].attrs["path"]
    assert found["temperature"].attrs["description"].startswith("> 0")
    assert found["collapse/class_entropy"].attrs["units"] == "nats"
    assert "same random numbers" in found["seed"].attrs["description"]


def test_tidy_frame_has_a_row_per_number(whole):
    frame = open_results(whole.path)[METRIC].to_dataframe().reset_index()
    assert len(frame) == 2 * 3 * 2 * 4 * 6
    columns = {"voter_weights_0", "temperature", "arm", "seed", "round", METRIC}
    assert columns <= set(frame.columns)


def test_only_some_metrics_can_be_opened(whole):
    found = open_results(whole.path, ["reward/mean"])
    assert "reward/mean" in found
    assert METRIC not in found


def test_run_folder_opens_the_same_way(tmp_path):
    result = run(spec(), tmp_path / "run")
    found = open_results(tmp_path / "run")
    assert_identical(found[METRIC].values, result.history[METRIC].values)
    expected = result.prediction[METRIC].values
    assert_identical(found[f"predicted/{METRIC}"].values, expected)
    with pytest.raises(UserError, match="not a run folder"):
        open_results(tmp_path)


@pytest.mark.parametrize("n_units", [0, 1, 3])
def test_stopped_sweep_ends_the_same(n_units, whole, tmp_path, monkeypatch):
    folder = stopped(tmp_path / "stopped", monkeypatch, n_units)
    before = {path: path.read_bytes() for path in folder.files()}
    assert len(before) == n_units
    resume_sweep(folder.path)
    assert {path: path.read_bytes() for path in before} == before
    assert_same(open_results(folder.path), open_results(whole.path))


def assert_same(found, expected):
    for name in (METRIC, "reward/mean", "selection/leakage", f"predicted/{METRIC}"):
        assert_identical(found[name].values, expected[name].values)


def test_unfinished_sweep_can_be_looked_at(tmp_path, monkeypatch):
    folder = stopped(tmp_path / "stopped", monkeypatch, 2)
    found = open_results(folder.path)
    assert 0 < int(found[METRIC].isnull().sum()) < found[METRIC].size
    assert count_verdicts(found)[NOT_DONE] > 0


def test_finished_sweep_resumes_to_itself(whole):
    before = [path.stat().st_mtime_ns for path in whole.files()]
    resume_sweep(whole.path)
    assert [path.stat().st_mtime_ns for path in whole.files()] == before


def test_unit_half_written_is_done_again(whole, tmp_path, monkeypatch):
    """A damaged file is named; deleted, it is done again and nothing else is."""
    folder = stopped(tmp_path / "stopped", monkeypatch, 3)
    resume_sweep(folder.path)
    path = folder.files()[1]
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(UserError, match=r"000001\.nc is damaged: .*--resume does it"):
        resume_sweep(folder.path)
    path.unlink()
    resume_sweep(folder.path)
    assert_same(open_results(folder.path), open_results(whole.path))


def test_leftover_of_a_killed_write_is_ignored(whole, tmp_path, monkeypatch):
    folder = stopped(tmp_path / "stopped", monkeypatch, 2)
    (folder.path / "units" / ".000002.nc-x1y2").write_bytes(b"half")
    resume_sweep(folder.path)
    assert_same(open_results(folder.path), open_results(whole.path))


def test_second_process_is_refused(whole):
    """Another process holds the folder: the lock is the operating system's."""
    code = (
        "import sys, pathlib\n"
        "from retrain_sim.sweeping.lock import locked\n"
        "from retrain_sim.errors import UserError\n"
        "try:\n"
        "    with locked(pathlib.Path(sys.argv[1])): print('got it')\n"
        "except UserError as error: print(error)\n"
    )
    words = [sys.executable, "-c", code, str(whole.path)]
    with locked(whole.path):
        refused = subprocess.run(words, capture_output=True, text=True, check=True)
    assert f"in use by another process ({os.getpid()})" in refused.stdout
    free = subprocess.run(words, capture_output=True, text=True, check=True)
    assert free.stdout == "got it\n"


def changed(folder, tmp_path, **changes):
    """Copy a folder's description with some values changed."""
    (tmp_path / "units").mkdir()
    about = tomllib.loads((folder.path / "sweep.toml").read_text()) | changes
    (tmp_path / "sweep.toml").write_text(tomli_w.dumps(about))
    (tmp_path / "scenario.toml").write_bytes(
        (folder.path / "scenario.toml").read_bytes()
    )
    return tmp_path


def test_other_format_is_refused_with_its_note(whole, tmp_path):
    folder = changed(whole, tmp_path, format=9, note="convert with a newer version")
    with pytest.raises(UserError, match=r"sweep format 9, .* convert with a newer"):
        open_results(folder)


def test_other_versions_do_not_mix(whole, tmp_path):
    about = {"retrain_sim": "0.0.1", "jax": "0.0.1", "numpy": "0.0.1"}
    folder = changed(whole, tmp_path, versions=about)
    with pytest.raises(UserError, match=r"begun with retrain_sim 0\.0\.1, here is"):
        resume_sweep(folder)


def test_folder_in_use_is_not_replaced(whole, tmp_path):
    with pytest.raises(UserError, match="already exists: --force replaces it"):
        sweep(spec(), design(), whole.path)
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(UserError, match="is not a sweep folder"):
        sweep(spec(), design(), tmp_path, force=True)
    assert (tmp_path / "mine").read_text() == "precious"


def test_force_replaces_a_sweep(tmp_path):
    other = grid([parse_axis("curation.temperature=1,2")])
    sweep(spec(), other, tmp_path / "s")
    sweep(spec(), grid([parse_axis("curation.temperature=3,4")]), tmp_path / "s",
          force=True)  # fmt: skip
    assert open_results(tmp_path / "s")["temperature"].values.tolist() == [3, 4]
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_failed_sweep_leaves_nothing(tmp_path, monkeypatch):
    def fail(self, found):
        raise UserError("no space")

    monkeypatch.setattr(SweepFolder, "add", fail)
    with pytest.raises(UserError, match="no space"):
        sweep(spec(), design(), tmp_path / "s" / "t")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "lots", "-3GB", "GB", "3 QB", "0"])
def test_bad_memory_is_one_line(text):
    with pytest.raises(UserError, match=f"--memory {text}: expected a size"):
        parse_memory(text)


def test_grid_too_large_for_the_memory_is_refused_at_once():
    texts = [f"data.probs.{i}=0:1:1000" for i in range(3)]
    with pytest.raises(UserError, match=r"1000000000 points x 4 seeds .* smaller grid"):
        plan_sweep(spec(), grid([parse_axis(t) for t in texts]), Options(10**9))


def test_memory_below_a_single_run_is_refused():
    with pytest.raises(UserError, match=r"--memory 10.0 MB: a single run needs"):
        plan_sweep(spec(), design(), Options(memory=10**7))


def test_unit_is_as_large_as_memory_allows():
    plans = [plan_sweep(spec(), design(), Options(memory=m)) for m in (10**10, 10**11)]
    assert plans[0].room == plans[1].room == (6, 4)
    print_ = plans[0].footprint
    tight = print_._replace(limit=print_.base + print_.at_once + 8 * print_.records * 9)
    assert tight.most_runs() == 9
    assert plans[0]._replace(footprint=tight).room == (2, 4)
    assert tight.peak(9) == tight.limit
    accelerator = print_._replace(device=6 * print_.state * 5)
    assert accelerator.most_runs() == 5


def results_with(gap, n_seeds=4, broken=""):
    """Two points whose mean is off the prediction by a number of standard errors."""
    seeds = np.linspace(-1, 1, n_seeds)
    values = np.stack([seeds, seeds + gap * seeds.std(ddof=1) / math.sqrt(n_seeds)])
    dims = ("q", "arm", "seed", "round")
    return xr.Dataset(
        {
            "m": (dims, values[:, None, :, None]),
            "predicted/m": (("q", "arm", "round"), np.zeros((2, 1, 1))),
            "run/finite": (dims, np.ones((2, 1, n_seeds, 1))),
            "run/trained": (("q", "arm", "seed", "step"), np.ones((2, 1, n_seeds, 1))),
            "broken": (("q", "arm"), [[""], [broken]]),
        },
        {"q": ("q", [0.1, 0.2], {"path": "a.q"}), "arm": ["only"], "round": [0]},
    )


def headline(tolerance=0.0):
    return spec_of("two-tribes", headline={"metric": "m", "tolerance": tolerance})


@pytest.mark.parametrize(
    ("gap", "tolerance", "broken", "verdict"),
    [
        (3.9, 0.0, "", "PASS"),
        (4.1, 0.0, "", "FAIL"),
        (4.1, 9.0, "", "CLOSE"),
        (0.0, 0.0, "the fit is ideal", "NOT APPLICABLE"),
        (math.nan, 0.0, "", "FAIL"),
    ],
)
def test_verdict_at_every_point(gap, tolerance, broken, verdict):
    judged = with_verdicts(
        results_with(gap, broken=broken), headline(tolerance).headline
    )
    assert judged["verdict"].values.ravel().tolist() == ["PASS", verdict]
    table = points_table(judged, headline())
    assert [row[-1] for row in table.rows] == ["PASS", verdict]
    counts = {"PASS": 2} if verdict == "PASS" else {"PASS": 1, verdict: 1}
    assert count_verdicts(judged) == counts
    assert verdict_line(judged).count(",") == len(counts) - 1


def test_runs_that_broke_are_counted():
    found = results_with(0.0)
    assert trouble_line(found) == ""
    found["run/finite"][0, 0, 1] = 0
    found["run/trained"][1, 0, :2] = 0
    line = trouble_line(found)
    assert line == "1 runs are not finite; 2 runs had nothing left to train on"
