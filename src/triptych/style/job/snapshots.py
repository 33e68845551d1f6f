"""Snapshots of a transfer on the way, as a sheet, a GIF and an MP4."""

import re
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ...frame.drawing.contact_sheet import MAX_CELL_SIDE, contact_sheet
from ...frame.errors import DataError, ImageError, RunError
from ...frame.storage import images
from ...frame.storage.files import atomic_write, make_folder, write_bytes
from ..imaging.transparency import PaintedPixels, flatten

Pixels = UInt8[np.ndarray, "height width 3"]
FRAME = re.compile(r"(\d+)-(\d+)-(\d+)px\.png")  # after how many steps at a scale, and its size
SPACING = 1.3  # one frame to the next, in steps: most happens at first
SHEET_CELLS = 12  # pictures of a sheet
FRAME_MS, LAST_FRAME_MS = 120, 1600  # milliseconds a frame of a film is shown, and the last one


def snapshot_steps(steps: int) -> list[int]:
    """The steps of a scale at which a snapshot is saved: often at first, ever more rarely, and
    last.

    >>> snapshot_steps(20)
    [1, 2, 3, 4, 5, 7, 9, 11, 15, 19, 20]
    """
    moments, position = [1], 1.0
    while moments[-1] < steps:
        position = max(position * SPACING, moments[-1] + 1)
        moments.append(min(round(position), steps))
    return moments


class Snapshots:
    """Images in a folder, at most `MAX_CELL_SIDE` pixels wide or high; a resumed transfer adds to
    them.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def save(self, scale: int, step: int, size: int, image: PaintedPixels) -> None:
        """Save a snapshot.

        Parameters:
            scale: its index.
            step: steps done at this scale.
            size: longer side of the scale, in pixels.
            image: RGB uint8, or RGBA, which is laid on white.

        Raises WriteError.
        """
        make_folder(self.folder, parents=False)
        images.save(self.folder / f"{scale}-{step:06d}-{size}px.png", _shrink(flatten(image)))

    @property
    def frames(self) -> list[tuple[str, Path]]:
        """The snapshots in order, each with a caption."""
        numbered = []
        for path in self.folder.glob("*px.png"):
            if named := FRAME.fullmatch(path.name):
                scale, step, size = map(int, named.groups())
                note = f"{size} px, {f'step {step}' if step else 'begun'}"
                numbered.append(((scale, step), note, path))
        return [(note, path) for _, note, path in sorted(numbered)]

    def sheet(self, path: Path, title: str, cells: int = SHEET_CELLS) -> None:
        """Write a contact sheet of snapshots spread over the whole transfer.

        Parameters:
            path: of the image file.
            title: printed above.
            cells: the most snapshots.

        Raises RunError, WriteError.
        """
        every = self.frames
        positions = np.unique(np.linspace(0, len(every) - 1, min(cells, len(every))).round())
        frames = self._read([every[int(place)] for place in positions])
        cells_shown = [frame for _, frame in frames]
        images.save(
            path,
            contact_sheet(cells_shown, title=title, notes=[note for note, _ in frames]),
        )

    def gif(self, path: Path) -> None:
        """Write all snapshots as an animation. Raises RunError, WriteError."""
        frames = [Image.fromarray(frame).quantize(256) for _, frame in self._read(self.frames)]
        packed = BytesIO()
        times = [FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS]
        frames[0].save(
            packed, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0
        )
        write_bytes(path, packed.getvalue())

    def mp4(self, path: Path) -> None:
        """Write all snapshots as a film. Raises RunError, WriteError, DataError where OpenCV
        cannot.
        """
        frames = [frame for _, frame in self._read(self.frames)]
        frames += [frames[-1]] * (LAST_FRAME_MS // FRAME_MS)
        height, width = (side - side % 2 or 2 for side in frames[0].shape[:2])
        with atomic_write(path) as beside, TemporaryDirectory(dir=path.parent) as folder:
            film = Path(folder) / "film.mp4"
            code = cv2.VideoWriter.fourcc(*"mp4v")
            writer = cv2.VideoWriter(str(film), code, 1000 / FRAME_MS, (width, height))
            try:
                if not writer.isOpened():
                    raise DataError("This build of OpenCV writes no MP4. Take --gif instead.")
                for frame in frames:
                    even = images.resize(frame, height, width)
                    writer.write(np.ascontiguousarray(even[..., ::-1]))
            finally:
                writer.release()
            film.replace(beside)

    def _read(self, frames: Sequence[tuple[str, Path]]) -> list[tuple[str, Pixels]]:
        """Snapshots but for the damaged ones, each at the size of the last. Raises RunError where
        there are none.
        """
        readable = []
        for note, path in frames:
            with suppress(ImageError):
                readable.append((note, images.read(path)))
        if not readable:
            raise RunError(f"Expected pictures in {self.folder}, found none. Paint first.")
        size = readable[-1][1].shape[:2]
        return [(note, images.resize(frame, *size)) for note, frame in readable]


def _shrink(image: Pixels) -> UInt8[np.ndarray, "rows columns 3"]:
    height, width = image.shape[:2]
    scale = min(1, MAX_CELL_SIDE / max(height, width))
    return images.resize(image, max(1, round(height * scale)), max(1, round(width * scale)))
