"""Photographs to train fast style on: decoded once, as square crops on the device."""

import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64, UInt8

from ...frame.errors import DataError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.rng import permutation
from ...frame.storage.image_folder import SkippedImage, list_images, read_bytes
from ...frame.storage.images import read, resize

MAX_CROPS = (
    4  # squares cut from one photo at most: of a longer panorama, the first and last of them
)
THREADS = 8  # at most: each may hold a photo of a hundred million pixels
CHUNK = 64  # decoded between two words to the watcher

Crops = UInt8[torch.Tensor, "squares 3 side side"]


@dataclass(frozen=True, eq=False)
class PhotoCrops:
    """Squares that cover photographs from end to end.

    Parameters:
        crops: uint8, (N, 3, side, side).
        names: the photo of each square.
        places: the folder or zip each comes from.
    """

    crops: Crops
    names: tuple[str, ...]
    places: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def subset(self, names: Collection[str]) -> "PhotoCrops":
        """The crops of these photos only."""
        indices = self.indices_of(names).tolist()
        return PhotoCrops(
            self.crops[indices],
            tuple(self.names[number] for number in indices),
            tuple(self.places[number] for number in indices),
        )

    def indices_of(self, names: Collection[str]) -> Int64[torch.Tensor, " indices"]:
        """The indices of the crops of these photos, on the crops' device."""
        indices = [number for number, name in enumerate(self.names) if name in names]
        return torch.tensor(indices, dtype=torch.long, device=self.crops.device)

    def split(self, num_validation: int, seed: int) -> tuple[list[str], list[str]]:
        """The names of photos to train on, and of those held out: no more than a third, and one at
        least.

        Places take turns, so that each kind is held out.

        Parameters:
            num_validation: photos to hold out.
            seed: of the training.
        """
        photos = list(dict(zip(self.names, self.places)).items())
        turns: Counter[str] = Counter()
        ranked: list[tuple[int, str]] = []
        for number in permutation(len(photos), [seed, 2]).tolist():
            name, place = photos[number]
            ranked.append((turns[place], name))
            turns[place] += 1
        ranked.sort(key=lambda pair: pair[0])
        count = max(1, min(num_validation, len(photos) // 3))
        parts = ranked[count:], ranked[:count]
        train_names, validation_names = (sorted(name for _, name in part) for part in parts)
        return train_names, validation_names

    def to(self, device: torch.device) -> "PhotoCrops":
        """Itself, on another device."""
        return PhotoCrops(self.crops.to(device), self.names, self.places)

    def fingerprint(self) -> str:
        """The sha256 of names and pixels."""
        digest = sha256("\0".join(self.names).encode("utf-8", "surrogateescape"))
        digest.update(self.crops.cpu().numpy().data)
        return digest.hexdigest()


@dataclass(frozen=True)
class PhotoFile:
    """A photo not opened yet.

    Parameters:
        place: a folder or a zip.
        name: of the file in it.
        begun_in: where `place` was when the run was begun, if it has moved since.
    """

    place: Path
    name: str
    begun_in: Path | None = None

    @property
    def path(self) -> Path:
        """The folder or zip, and the name in it."""
        return self.place / self.name

    @property
    def begun_place(self) -> str:
        """The folder or zip as the run was begun: what is drawn by chance depends on it."""
        return str(self.begun_in or self.place)

    @property
    def begun_path(self) -> str:
        """The path as the run was begun."""
        return str((self.begun_in or self.place) / self.name)

    def read_bytes(self) -> bytes:
        """The file's content. Raises ImageError where it cannot be read, or is too large."""
        return read_bytes(self.place, self.name)


def list_photos(
    places: Sequence[str | Path], begun_in: Sequence[str | Path] | None = None
) -> list[PhotoFile]:
    """The photos in folders, those below them, and zips, by name; none is opened.

    Parameters:
        places: the folders and zips.
        begun_in: where each of them was when the run was begun; None: where it is.

    Raises DataError where a place cannot be read, or there is no photo in it.
    """
    files = []
    for now, before in zip(places, begun_in or places, strict=True):
        place, begun = Path(now).resolve(), Path(before).resolve()
        names = list_images(place, "a folder of photos or a zip of it")
        photos = [PhotoFile(place, name, None if begun == place else begun) for name in names]
        if not photos:
            raise DataError(f"Expected photos in {place}, found none. Name another folder.")
        files += photos
    return files


def load_photos(
    files: Sequence[PhotoFile],
    side: int,
    *,
    max_photos: int,
    seed: int = 0,
    progress: ProgressCallback = no_progress,
) -> tuple[PhotoCrops, tuple[SkippedImage, ...]]:
    """Decode photos and resize each until its shorter side is `side`.

    What cannot be used is skipped, with the reason: a damaged photo, a small one, the same a second
    time.

    Parameters:
        files: the photos.
        side: of the crops, in pixels.
        max_photos: drawn at random where there are more.
        seed: of the training.
        progress: told how many are decoded.

    Returns the crops and what was skipped. Raises DataError where fewer than two photos are left:
    one to train on, one to hold out.
    """
    order = permutation(len(files), [seed, 1])[:max_photos].sort().values.tolist()
    crops: list[tuple[np.ndarray, PhotoFile]] = []
    skipped: list[SkippedImage] = []
    first_paths: dict[bytes, str] = {}
    for photo, pixels in _decode([files[place] for place in order], side, progress):
        if isinstance(pixels, str):
            skipped.append(SkippedImage(photo.name, pixels))
            continue
        first = first_paths.setdefault(
            sha256(np.ascontiguousarray(pixels).data).digest(), str(photo.path)
        )
        if first != str(photo.path):
            skipped.append(
                SkippedImage(photo.name, f"{photo.name} is the same picture as {first}.")
            )
            continue
        crops += [(square, photo) for square in _square_crops(pixels)]
    if len(photos := {str(photo.path) for _, photo in crops}) < 2:
        reason = f" The first was refused: {skipped[0].reason}" if skipped else ""
        raise DataError(f"Expected 2 photos or more to learn from, got {len(photos)}.{reason}")
    names = tuple(photo.begun_path for _, photo in crops)
    places = tuple(photo.begun_place for _, photo in crops)
    return PhotoCrops(_stack(crops, side), names, places), tuple(skipped)


def _stack(crops: list[tuple[np.ndarray, PhotoFile]], side: int) -> Crops:
    """The crops as one array. They are taken out of the list one by one, so that they are never in
    memory twice.
    """
    squares = torch.empty(len(crops), 3, side, side, dtype=torch.uint8)
    for place in range(len(crops) - 1, -1, -1):
        square, _ = crops.pop()
        squares[place] = torch.from_numpy(square).permute(2, 0, 1)
    return squares


def _decode(
    files: Sequence[PhotoFile], side: int, progress: ProgressCallback
) -> Iterator[tuple[PhotoFile, UInt8[np.ndarray, "height width 3"] | str]]:
    """Each photo at its size, or the reason why not."""

    def attempt(photo: PhotoFile) -> np.ndarray | str:
        try:
            pixels = read(photo.read_bytes(), name=photo.name)
        except ImageError as error:
            return str(error)
        height, width = pixels.shape[:2]
        if min(height, width) < side // 4:
            return f"{photo.name} has {width}×{height} pixels: too few to be enlarged to {side}."
        stretch = side / min(height, width)
        return resize(pixels, max(side, round(height * stretch)), max(side, round(width * stretch)))

    with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as pool:
        for start in range(0, len(files), CHUNK):
            some = files[start : start + CHUNK]
            yield from zip(some, pool.map(attempt, some))
            progress(ProgressEvent("read photos", start + len(some), len(files)))


def _square_crops(
    pixels: UInt8[np.ndarray, "height width 3"],
) -> Iterator[UInt8[np.ndarray, "side side 3"]]:
    """Squares along the longer side, evenly spread, so that nothing is left out."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    spare = max(height, width) - side
    count = min(MAX_CROPS, 1 + round(np.ceil(spare / side)))
    for place in np.linspace(0, spare, count).round().astype(int):
        top, left = (place, 0) if height > width else (0, place)
        yield pixels[top : top + side, left : left + side]
