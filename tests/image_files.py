"""Tiny image data sets, written as their authors publish them."""

import gzip

import numpy as np
from PIL import Image

LABELED = np.arange(20) % 10


def idx_folder(folder):
    """Write MNIST's four files, of random 4x4 images."""
    for part in ("train", "t10k"):
        pixels = np.random.default_rng(0).integers(0, 256, (20, 4, 4), np.uint8)
        named = {"images-idx3": pixels, "labels-idx1": LABELED.astype(np.uint8)}
        for name, values in named.items():
            head = bytes([0, 0, 8, values.ndim])
            head += np.array(values.shape, ">u4").tobytes()
            path = folder / f"{part}-{name}-ubyte.gz"
            path.write_bytes(gzip.compress(head + values.tobytes()))
    return str(folder)


def cifar_folder(folder):
    """Write CIFAR-10's six files, of 20 random images each."""
    for name in (*[f"data_batch_{i}" for i in range(1, 6)], "test_batch"):
        pixels = np.random.default_rng(len(name)).integers(0, 256, (20, 3072))
        records = np.column_stack([LABELED, pixels]).astype(np.uint8)
        (folder / f"{name}.bin").write_bytes(records.tobytes())
    return str(folder)


def picture_folder(folder):
    """Write six little pictures, three of each class."""
    for i in range(6):
        path = folder / ("cat", "dog")[i % 2] / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (5, 7), (40 * i, 0, 255)).save(path)
    return str(folder)


def image_file(folder):
    path = folder / "images.npz"
    np.savez(path, x=np.full((4, 3, 3), 7, np.uint8), y=[0, 1, 0, 1])
    return str(path)
