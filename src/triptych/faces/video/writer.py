"""A video written frame by frame, whole even where the work is stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from ...frame.dependencies import requires
from ...frame.errors import WriteError
from ...frame.storage.files import atomic_write

TICKS = 90_000  # a second, as video counts time
CODECS = ("libx264", "mpeg4")
Picture = UInt8[np.ndarray, "height width 3"]


class VideoWriter:
    """Frames put into an MP4 file. Made by `write_video`."""

    def __init__(self, path: Path, rate: Fraction):
        """
        Parameters:
            path: of the file, whatever its ending.
            rate: frames a second, about; each frame has its own time.
        """
        with requires("A video", "PyAV", "triptych[video]"):
            import av
            from av.codec import codecs_available
        self._av, self._codecs = av, codecs_available
        self._rate = rate.limit_denominator(1001)
        self._container: Any = av.open(str(path), "w", format="mp4")
        self._stream: Any = None
        self._last = -1
        self.frames = 0

    def write(self, image: Picture, time: float) -> None:
        """Add a frame.

        Parameters:
            image: RGB, of the size of the first one; odd sides are filled up by a pixel.
            time: seconds; later than that of the frame before.
        """
        height, width = image.shape[:2]
        even = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), "edge")
        if self._stream is None:
            self._stream = self._open_stream(even.shape[1], even.shape[0])
        frame = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
        self._last = max(round(time * TICKS), self._last + 1)
        frame.pts, frame.time_base = self._last, Fraction(1, TICKS)
        self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def close(self) -> None:
        """Write what is left; the file can be played afterwards."""
        if self._stream is not None:
            self._container.mux(self._stream.encode())
        self._container.close()

    def _open_stream(self, width: int, height: int) -> Any:
        codec = next((name for name in CODECS if name in self._codecs), None)
        if codec is None:
            raise WriteError(f"This PyAV writes none of {', '.join(CODECS)}. Install another.")
        options = {"crf": "20", "preset": "veryfast"} if codec == "libx264" else {}
        stream = self._container.add_stream(codec, rate=self._rate, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        return stream


@contextmanager
def write_video(path: str | Path, rate: Fraction) -> Iterator[VideoWriter]:
    """A writer for the block; the file takes its name once the block ends well.

    Parameters:
        path: of the file.
        rate: frames a second, about.

    Raises WriteError where it cannot be written.
    """
    with atomic_write(path) as beside:
        writer = VideoWriter(beside, rate)
        try:
            yield writer
        except BaseException:
            writer._container.close()
            raise
        writer.close()
        if not writer.frames:
            raise WriteError(f"{path}: there was no frame to write.")
