"""How a picture came about: pictures kept along the way, as a sheet, a GIF and a film."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..frame import images
from ..frame.drawing import LARGEST, sheet
from ..frame.errors import BadData, BadRun, CannotWrite
from ..frame.files import write_bytes, written

Pixels = UInt8[np.ndarray, "height width 3"]
GROWTH = 1.3  # one frame to the next, in steps: most happens at first
CELLS = 12  # pictures of a sheet
PACE, LAST = 120, 1600  # milliseconds a frame of a film is shown, and the last one


def moments(steps: int) -> list[int]:
    """The steps of a scale at which a picture is kept: often at first, ever more rarely, and last.

    >>> moments(20)
    [1, 2, 3, 4, 5, 7, 9, 11, 15, 19, 20]
    """
    kept, place = [1], 1.0
    while kept[-1] < steps:
        place = max(place * GROWTH, kept[-1] + 1)
        kept.append(min(round(place), steps))
    return kept


class Timeline:
    """Frames in a folder, so that a painting that is resumed goes on with them. A frame is at most
    512 pixels wide or high."""

    def __init__(self, folder: Path):
        self.folder = folder

    def keep(self, scale: int, step: int, size: int, picture: Pixels) -> None:
        """Keep a frame: after so many steps at a scale of this size. Raises CannotWrite."""
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise CannotWrite(f"Cannot make {self.folder}: {error.strerror}.") from error
        images.save(self.folder / f"{scale}-{step:06d}-{size}px.png", _shrunk(picture))

    @property
    def frames(self) -> list[tuple[str, Path]]:
        """The frames in their order, each with what it shows."""
        found = []
        for path in sorted(self.folder.glob("[0-9]*-[0-9]*-[0-9]*px.png"), key=_place):
            _, step = _place(path)
            size = path.stem.rpartition("-")[2].removesuffix("px")
            found.append((f"{size} px, {f'step {step}' if step else 'begun'}", path))
        return found

    def sheet(self, path: Path, title: str, cells: int = CELLS) -> None:
        """A contact sheet of frames spread over the whole way. Raises BadRun, CannotWrite."""
        every = self._some()
        chosen = np.unique(np.linspace(0, len(every) - 1, min(cells, len(every))).round())
        kept = [every[int(place)] for place in chosen]
        size = images.read(kept[-1][1]).shape[:2]
        # each at the size of the last: what is coarse then looks coarse
        pictures = [images.resize(images.read(frame), *size) for _, frame in kept]
        images.save(path, sheet(pictures, title=title, notes=[note for note, _ in kept]))

    def gif(self, path: Path) -> None:
        """All frames as an animation. Raises BadRun, CannotWrite."""
        frames = [Image.fromarray(frame).quantize(256) for frame in self._equal()]
        packed = BytesIO()
        times = [PACE] * (len(frames) - 1) + [LAST]
        frames[0].save(
            packed, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0
        )
        write_bytes(path, packed.getvalue())

    def mp4(self, path: Path) -> None:
        """All frames as a film. Raises BadRun, CannotWrite, BadData where OpenCV cannot."""
        frames = self._equal()
        frames += [frames[-1]] * (LAST // PACE)
        height, width = (side - side % 2 or 2 for side in frames[0].shape[:2])
        with written(path) as beside, TemporaryDirectory(dir=path.parent) as folder:
            film = Path(folder) / "film.mp4"
            code = cv2.VideoWriter.fourcc(*"mp4v")
            writer = cv2.VideoWriter(str(film), code, 1000 / PACE, (width, height))
            try:
                if not writer.isOpened():
                    raise BadData("This build of OpenCV writes no MP4. Take --gif instead.")
                for frame in frames:
                    even = images.resize(frame, height, width)
                    writer.write(np.ascontiguousarray(even[..., ::-1]))
            finally:
                writer.release()
            film.replace(beside)

    def _some(self) -> list[tuple[str, Path]]:
        found = self.frames
        if not found:
            raise BadRun(f"Expected pictures in {self.folder}, found none. Paint first.")
        return found

    def _equal(self) -> list[Pixels]:
        """All frames, each at the size of the last."""
        frames = [images.read(path) for _, path in self._some()]
        return [images.resize(frame, *frames[-1].shape[:2]) for frame in frames]


def _place(path: Path) -> tuple[int, int]:
    """The scale and the step of a frame, from its name."""
    scale, step, _ = path.stem.split("-")
    return int(scale), int(step)


def _shrunk(picture: Pixels) -> UInt8[np.ndarray, "rows columns 3"]:
    height, width = picture.shape[:2]
    scale = min(1, LARGEST / max(height, width))
    return images.resize(picture, max(1, round(height * scale)), max(1, round(width * scale)))
