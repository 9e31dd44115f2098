"""Model FLOP utilization: what is counted, and what is written where."""

import math

import jax
import pytest

from benchmarks import utilization
from benchmarks.utilization import decoder, main, published_peak, step_flops, unet


def test_a_step_is_three_forward_passes_of_matrix_products():
    """Beside the products, what else the forward pass does is a few percent."""
    work = decoder(0.3)
    model = work.model
    width, tokens = model.width, model.batch * model.length
    weights = 12 * model.layers * width**2 + model.size * width
    products = 2 * weights + 4 * model.layers * model.length * width
    assert 1 < step_flops(work) / (3 * tokens * products) < 1.1


def test_published_peaks_are_of_known_devices_only():
    assert published_peak("NVIDIA A100-SXM4-80GB") == 312
    assert math.isnan(published_peak("cpu"))


def test_rows_are_added_with_device_and_versions(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(utilization, "unet", decoder)
    file = tmp_path / "RESULTS.md"
    main(["--scale", "0.01"], file)
    main(["--scale", "0.01"], file)
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if "decoder" in line]
    assert lines[0] == "# Utilization"
    assert len(rows) == 4
    assert all(len(row) == len(utilization.HEADER) for row in rows)
    assert f"jax {jax.__version__}" in rows[0][-1]
    assert rows[0][5] == "-"  # nobody publishes the peak of this device
    assert float(rows[0][7]) > 0
    assert "decoder" in capsys.readouterr().out


@pytest.mark.slow
def test_the_unet_is_measured():
    work = unet(0.01)
    row = utilization._row(work, 1.0, 0.01)
    assert row[0] == "U-Net tiny"
    assert float(row[6].rstrip("%")) > 0
