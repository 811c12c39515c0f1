"""Learns the 64 projections that make a point of a photo binary: principal axes, turned so that signs lose least.

The photos are those that `examples/pictures.py --all` brings, of which the scenes that `benchmarks/photos.py` keeps
for reporting are left out. The table is data of a fingerprint version: it is made once and shipped.

Run: python make/local.py src/cloneward/fingerprint/local1.npz FOLDER...
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.local import LOCAL, MOST_KEPT, describe_points

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "examples")]

from photos import name_part  # noqa: E402
from photos_scenes import name_scene, read_scenes  # noqa: E402

BITS = 64
BANDS = 4  # as `match.points` looks them up
LEAST_GAIN = 1e-9
ROUNDS = 50
SEED = 1


def read_descriptors(folders: list[Path]) -> NDArray[np.float32]:
    """Give those of all photos of the tuning part."""
    scenes = read_scenes()
    files = sorted(file for folder in folders for file in folder.rglob("*.jpg"))
    kept = [file for file in files if name_part(name_scene(file.stem, scenes)) == "tuning"]
    pictures = [picture for file in kept if (picture := read_image(file.read_bytes())[0])]
    print(f"{len(pictures)} photos of {len(files)}")
    return np.concatenate([describe_points(picture, MOST_KEPT) for picture in pictures])


def learn_axes(descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the mean and the axes: iterative quantisation turns the principal ones until their signs lose least."""
    mean = descriptors.mean(axis=0)
    centred = (descriptors - mean).astype(np.float64)
    principal = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :BITS]
    projected = centred @ principal
    turn = np.linalg.qr(np.random.default_rng(SEED).normal(size=(BITS, BITS)))[0]
    for _ in range(ROUNDS):
        signs = np.where(projected @ turn > 0, 1.0, -1.0)
        left, _, right = np.linalg.svd(signs.T @ projected)
        turn = (left @ right).T
    axes = principal @ turn
    return mean.astype(np.float32), axes[:, spread_bits(centred @ axes > 0)].astype(np.float32)


def spread_bits(bits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give an order of the bits in which the 16 of a band depend least on one another: short lists, quick look-up."""
    ties = np.corrcoef(bits.T.astype(np.float64)) ** 2
    np.fill_diagonal(ties, 0)
    bands = np.arange(BITS) % BANDS
    for _ in range(BITS):
        before = bands.copy()
        for one in range(BITS):
            within = np.stack([ties[:, bands == band].sum(axis=1) for band in range(BANDS)], axis=1)
            own = within[np.arange(BITS), bands]
            gains = own[one] + own - within[one, bands] - within[:, bands[one]] + 2 * ties[one]
            gains[bands == bands[one]] = 0
            other = int(gains.argmax())
            if gains[other] > LEAST_GAIN:
                bands[one], bands[other] = bands[other], bands[one]
        if (bands == before).all():
            break
    return np.argsort(bands, kind="stable")


def main(file: Path, *folders: Path) -> None:
    """Write `mean`, float32 of shape (128,), and `axes`, float32 of shape (128, 64)."""
    descriptors = read_descriptors([*folders])
    mean, axes = learn_axes(descriptors)
    np.savez_compressed(file, mean=mean, axes=axes)
    print(f"{file}: from {len(descriptors):,} points, for {LOCAL}, {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
