"""Model FLOP utilization: what is counted, and what is written where."""

import math

import jax
import pytest

from benchmarks.utilization import (
    HEADER,
    add,
    decoder,
    main,
    measure,
    product_rate,
    published_peak,
    step_flops,
)

SEVERAL_DEVICES = True


def test_a_step_is_three_forward_passes_of_matrix_products():
    """Beside the products, what else the forward pass does is a few percent."""
    work = decoder(0.2)
    model = work.model
    width, tokens = model.width, model.batch * model.length
    weights = 12 * model.layers * width**2 + model.size * width
    products = 2 * weights + 4 * model.layers * model.length * width
    assert 1 < step_flops(work) / (3 * tokens * products) < 1.1


def test_published_peaks_are_of_known_devices_only():
    assert published_peak("NVIDIA A100-SXM4-80GB") == 312
    assert math.isnan(published_peak("cpu"))


def test_a_row_has_device_and_versions():
    work = decoder(0.01)
    row = measure(work, product_rate(64), 0.01)
    assert len(row) == len(HEADER)
    found = dict(zip(HEADER, row, strict=True))
    assert found["work"] == "decoder 1 x 6 x 12"
    assert found["of the published peak"] == "-"  # unknown of this device
    assert float(found["ms per step"]) > 0
    assert float(found["MB"]) > 0
    assert f"jax {jax.__version__}" in found["device and versions"]
    assert found["device and versions"].endswith("; scale 0.01")


def test_rows_are_added_below_the_others(tmp_path):
    file = tmp_path / "RESULTS.md"
    add([["first"]], file)
    before = file.read_text(encoding="utf-8")
    add([["second"], ["third"]], file)
    assert before.startswith("# Utilization")
    assert before.endswith("| first |\n")
    assert file.read_text(encoding="utf-8") == before + "| second |\n| third |\n"


@pytest.mark.slow
def test_the_command_measures_both_networks(tmp_path, capsys):
    main(["--scale", "0.01"], tmp_path / "RESULTS.md")
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    shown = capsys.readouterr().out
    for name in ("U-Net tiny", "decoder 1 x 6 x 12"):
        assert name in text
        assert name in shown
