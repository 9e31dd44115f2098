"""Every benchmark is documented, runs, and agrees with its rival."""

import json
from pathlib import Path

import numpy as np
import pytest

import benchmarks
import benchmarks.__main__ as command
from benchmarks import memory, peak, results
from benchmarks.measure import compare, measure_memory, missing

TINY = 0.01
README = Path(benchmarks.__file__).parent / "README.md"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "README.md").write_text(f"before\n{results.BEGIN}old\n{results.END}\n")
    return tmp_path


@pytest.fixture(autouse=True)
def quick(monkeypatch, folder):
    """Measure small works, and write nothing into the project."""
    monkeypatch.setattr(command, "configure", lambda: None)
    monkeypatch.setattr(command, "compare", lambda b: compare(b, TINY, repeats=1))
    monkeypatch.setattr(
        command, "measure_memory", lambda name: measure_memory(name, TINY)
    )
    monkeypatch.setattr(command, "save", lambda rows: results.save(rows, folder))


@pytest.mark.parametrize("name", command.NAMES)
def test_every_benchmark_is_explained(name):
    text = README.read_text(encoding="utf-8")
    assert f"`{name.removesuffix('-loop')}`" in text or f"`{name}`" in text


DECODER = {"decoder-training", "decoder-drawing", "decoder-memory"}
IMAGES = {"unet-step", "unet-sampling", "dit-step", "dit-sampling"}
ROUNDS = {"flow-round", "diffusion-round", "policy-table", "transformer-rl"}
SWEEPS = {"sweep-storing", "sweep-units"}
SLOW = ROUNDS | IMAGES | DECODER | SWEEPS  # importing PyTorch takes long, many runs do
EVERY = [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in command.ALL]


@pytest.mark.parametrize("name", EVERY)
def test_every_benchmark_runs_and_agrees(name):
    lacking = missing(command.ALL[name])
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    row = compare(command.ALL[name], TINY, repeats=1)
    assert row["ratio"] == row["rival_s"] / row["our_s"] > 0
    assert row["rival_versions"]
    json.dumps(row)


@pytest.mark.parametrize("name", ["large-k-map", "finite-k-map", "mixture"])
def test_deterministic_works_are_compared(name):
    assert command.ALL[name].make(TINY).agree is not None


@pytest.mark.skipif(not peak.PROCESS.exists(), reason="Linux keeps the peak")
@pytest.mark.skipif(
    not (peak.PROCESS / "clear_refs").exists(), reason="Linux forgets peaks, alone"
)
def test_a_side_needs_what_it_adds_at_most():
    def work():
        np.ones(2**25)  # 256 MB, gone before the work ends
        np.ones(2**20)

    held = np.ones(2**25)
    # Linux counts pages in lumps, and other threads come and go.
    assert 225 < peak.added_mb(work) < 290
    assert peak.added_mb(lambda: held.sum()) < 30


@pytest.mark.slow
def test_memory_of_both_sides_is_measured_in_a_process_of_its_own():
    row = compare(command.ALL["coupling"], 0.1, repeats=1)
    assert row["our_peak_mb"] > 0
    assert row["rival_peak_mb"] > 0


@pytest.mark.slow
def test_memory_is_measured_in_a_process_of_its_own():
    row = measure_memory(memory.NAME, TINY)
    assert 50 < row["peak_mb"] < memory.TARGET_MB
    assert row["our_s"] > 0


def test_named_benchmarks_are_run_and_kept_with_the_others(folder, capsys):
    (folder / "results.json").write_text(
        '[{"name": "memory", "our_s": 1.0, '
        '"compile_s": 1.0, "peak_mb": 9.0, "target_mb": 10}]'
    )
    command.main(["k-choice-4"])
    assert "k-choice-4" in capsys.readouterr().out
    rows = json.loads((folder / "results.json").read_text())
    assert [row["name"] for row in rows] == ["memory", "k-choice-4"]
    lines = (folder / "README.md").read_text().splitlines()
    assert lines[0] == "before"
    assert [line.split(" | ")[0] for line in lines[2:6]] == [
        "| name",
        "| ---",
        "| memory",
        "| k-choice-4",
    ]
    assert lines[6:] == [results.END.strip()]


def test_a_missed_aim_is_marked():
    row = {"name": "a", "rival": "b", "rival_s": 1.0, "our_s": 1.0, "compile_s": 0.0}
    missed = results.table([row | {"ratio": 1.0, "target_ratio": 2.0}]).rows[0]
    met = results.table([row | {"ratio": 2.0, "target_ratio": 2.0}]).rows[0]
    assert (missed[4], met[4]) == ("1.0x (missed)", "2.0x")


def test_memory_is_shown_where_it_was_measured():
    row = {"name": "a", "rival": "b", "rival_s": 1.0, "our_s": 1.0, "compile_s": 0.0}
    row |= {"ratio": 1.0, "target_ratio": None}
    needed = {"rival_peak_mb": 12.4, "our_peak_mb": 3.6}
    assert results.HEADER[-2:] == ["its MB", "our MB"]
    assert results.table([row | needed, row]).rows[0][-2:] == ["12", "4"]
    assert results.table([row]).rows[0][-2:] == ["-", "-"]


def test_benchmarks_are_listed(capsys):
    command.main(["--list"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(command.NAMES)


def test_unknown_benchmark_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(["k-choice-5"])
    assert "unknown k-choice-5; allowed: large-k-map" in capsys.readouterr().err


def test_a_wrong_result_has_no_time_and_stops_no_other(folder, monkeypatch, capsys):
    def measure(benchmark):
        assert benchmark.name != "mixture", "means differ"
        return compare(benchmark, TINY, repeats=1)

    monkeypatch.setattr(command, "compare", measure)
    with pytest.raises(SystemExit, match="mixture"):
        command.main(["mixture", "k-choice-4"])
    assert "the results differ: means differ" in capsys.readouterr().out
    rows = json.loads((folder / "results.json").read_text())
    assert [row["name"] for row in rows] == ["k-choice-4"]
