"""Data sets on disk: xarray in netCDF-3 files, whatever the variables are called."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import xarray as xr

from retrain_sim.errors import UserError
from retrain_sim.files import write_atomic

TRUE_NAME = "metric"
"""Attribute with the true name: netCDF-3 forbids slashes and much else in names."""


def save_dataset(path: Path, data: xr.Dataset) -> None:
    """Write a data set as netCDF-3, completely or not at all."""
    buffer = io.BytesIO(_encode(data).to_netcdf(engine="scipy"))
    write_atomic(path, lambda file: file.write(buffer.getbuffer()))


def open_dataset(path: Path) -> xr.Dataset:
    """Read what ``save_dataset`` wrote."""
    try:
        with xr.open_dataset(path, engine="scipy") as file:
            return _decode(file.load())
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged: {error}") from None


def _encode(data: xr.Dataset) -> xr.Dataset:
    """Rename metrics so that a netCDF-3 file takes them; the true name is kept."""
    taken: dict[str, str] = {}
    for name in map(str, data):
        plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name.replace("/", "."))
        plain = plain if plain[0].isalpha() else f"_{plain}"
        while plain in taken.values():
            plain += "_"
        taken[name] = plain
    marked = data.copy()
    for name in taken:
        marked[name].attrs[TRUE_NAME] = json.dumps(name)
    return marked.rename({k: v for k, v in taken.items() if k != v})


def _decode(data: xr.Dataset) -> xr.Dataset:
    """Undo ``_encode``."""
    stored = {name: data[name].attrs.pop(TRUE_NAME) for name in map(str, data)}
    names = {plain: json.loads(true) for plain, true in stored.items()}
    return data.rename({k: v for k, v in names.items() if k != v})
