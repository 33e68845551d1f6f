"""Face crops as one uint8 tensor (N, C, H, W) with identity labels, split by identity."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from ...frame.errors import ConfigError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.rng import permutation
from ...frame.storage.image_folder import SkippedImage
from .identity_folder import IdentityFolder, ImageFile, content_hash

Part = Literal["train", "validation", "test"]

MIN_IDENTITIES = 2  # people a part needs: one alone has no stranger
FILES = 256  # decoded between two words to the watcher


@dataclass(frozen=True, eq=False)
class CropDataset:
    """Crops of people, decoded once and kept on a device.

    Parameters:
        images: uint8, (N, channels, height, width).
        labels: for each image the number of its person in `identities`, (N,).
        identities: names of people.
        photos: the name of each image.
    """

    images: UInt8[Tensor, "photos channels height width"]
    labels: Int64[Tensor, " photos"]
    identities: tuple[str, ...]
    photos: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.photos)

    def subset(self, names: Collection[str]) -> "CropDataset":
        """The images of these people only."""
        identities = tuple(name for name in self.identities if name in names)
        number = torch.full((len(self.identities),), -1)
        number[[self.identities.index(name) for name in identities]] = torch.arange(len(identities))
        labels = number.to(self.labels.device)[self.labels]
        rows = (labels >= 0).nonzero()[:, 0]
        photos = tuple(self.photos[place] for place in rows.tolist())
        return CropDataset(self.images[rows], labels[rows], identities, photos)

    def subsample(self, count: int, seed: Sequence[int]) -> "CropDataset":
        """At most so many of its images, drawn at random; labels stay as they are.

        Parameters:
            count: how many.
            seed: what is drawn follows from it.
        """
        if len(self) <= count:
            return self
        rows = permutation(len(self), seed)[:count].sort().values
        photos = tuple(self.photos[place] for place in rows.tolist())
        rows = rows.to(self.labels.device)
        return CropDataset(self.images[rows], self.labels[rows], self.identities, photos)

    def to(self, device: torch.device) -> "CropDataset":
        """Itself, on another device."""
        return CropDataset(
            self.images.to(device), self.labels.to(device), self.identities, self.photos
        )

    def with_rotation_classes(self) -> "CropDataset":
        """Four times the people: each, and each rotated by 90, 180 and 270 degrees as another (for
        characters, Santoro et al. 2016). Images must be square.
        """
        count = len(self.identities)
        turns = range(4)
        return CropDataset(
            torch.cat([self.images.rot90(turn, (2, 3)) for turn in turns]),
            torch.cat([self.labels + turn * count for turn in turns]),
            tuple(f"{name} {90 * turn}°" for turn in turns for name in self.identities),
            tuple(f"{photo} {90 * turn}°" for turn in turns for photo in self.photos),
        )


def load_crops(
    identities: IdentityFolder,
    crop: Callable[[ImageFile], np.ndarray],
    *,
    workers: int | None = None,
    progress: ProgressCallback = no_progress,
) -> tuple[CropDataset, tuple[SkippedImage, ...]]:
    """Read and crop all photos, in threads.

    What cannot be used is refused, with the reason: a damaged photo, one without a face, the same
    image a second time, and a person's only one.

    Parameters:
        identities: the photos.
        crop: what cuts a photo; it is run in several threads.
        workers: threads; by default one a core.
        progress: told how many photos are read.

    Raises ConfigError where fewer than two people with two photos are left.
    """
    crops: list[np.ndarray] = []
    files: list[ImageFile] = []
    skipped: list[SkippedImage] = []
    first_names: dict[str, str] = {}
    for photo, result in _cropped(identities, crop, workers, progress):
        if isinstance(result, str):
            skipped.append(SkippedImage(photo.name, result))
            continue
        first = first_names.setdefault(content_hash(result.tobytes()), photo.name)
        if first != photo.name:
            skipped.append(SkippedImage(photo.name, f"The same picture as {first}."))
            continue
        crops.append(result)
        files.append(photo)
    usable = IdentityFolder(identities.folder, tuple(files))
    enough = usable.with_min_photos(2, "training").counts
    single = [photo for photo in files if photo.person not in enough]
    skipped += [
        SkippedImage(p.name, f"The only photo of {p.person}: training needs 2.") for p in single
    ]
    rows = [place for place, photo in enumerate(files) if photo.person in enough]
    names = tuple(enough)
    number = {name: place for place, name in enumerate(names)}
    stacked = np.stack([crops[place] for place in rows]).transpose(0, 3, 1, 2)
    dataset = CropDataset(
        torch.from_numpy(np.ascontiguousarray(stacked)),
        torch.tensor([number[files[place].person] for place in rows]),
        names,
        tuple(files[place].name for place in rows),
    )
    return dataset, tuple(skipped)


def _cropped(
    identities: IdentityFolder,
    crop: Callable[[ImageFile], np.ndarray],
    workers: int | None,
    progress: ProgressCallback,
) -> Iterator[tuple[ImageFile, np.ndarray | str]]:
    """Each photo with its crop, or with the reason why there is none."""

    def attempt(photo: ImageFile) -> np.ndarray | str:
        try:
            return crop(photo)
        except ImageError as error:
            return str(error)

    total = len(identities.photos)
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for start in range(0, total, FILES):
            batch = identities.photos[start : start + FILES]
            yield from zip(batch, pool.map(attempt, batch))
            progress(ProgressEvent("read photos", start + len(batch), total))


def split_identities(
    names: Collection[str], *, validation: float, test: float, seed: int, test_seed: int = 0
) -> dict[Part, tuple[str, ...]]:
    """Who trains, validates and is tested, at random: no person is in two parts.

    A part that gets anybody gets two people at least. Where there are too few for that, nobody is
    left for the test, and with fewer than four those who train also choose the best epoch.

    Parameters:
        names: of all people.
        validation: share of those who are not tested.
        test: share of all people.
        seed: who trains and who validates follows from it.
        test_seed: who is tested follows from it, so it stays the same where `seed` is varied.

    Raises ConfigError for fewer than two people.
    """
    if len(names) < MIN_IDENTITIES:
        raise ConfigError(f"Training needs 2 people at least, got {len(names)}. Add people.")
    final, rest = _hold_out(sorted(names), test, 2 * MIN_IDENTITIES, [test_seed, 6])
    choosing, learning = _hold_out(rest, validation, MIN_IDENTITIES, [seed, 8])
    return {"train": learning, "validation": choosing or learning, "test": final}


def _hold_out(
    names: Sequence[str], share: float, left: int, seed: Sequence[int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A share of the names, and the rest; nobody and all where fewer than `left` would remain."""
    order = [names[int(place)] for place in permutation(len(names), seed)]
    count = max(MIN_IDENTITIES, round(share * len(order))) if share else 0
    count = count if len(order) - count >= left else 0
    return tuple(sorted(order[:count])), tuple(sorted(order[count:]))
