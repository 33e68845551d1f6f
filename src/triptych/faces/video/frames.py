"""Frames of a video file, a camera or a stream, one after the other, through PyAV."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from jaxtyping import UInt8

from ...frame.dependencies import requires
from ...frame.errors import DataError
from ...frame.storage.files import os_error_reason
from ..detection.face import RGBImage

TIMEOUT = 15.0  # seconds that a stream may be silent
MAX_PIXELS = 2**27  # of a frame
SLACK = 1.0  # seconds that a file may be shorter than it says
BAD_PACKETS = 250  # one after the other: the rest is not tried
PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """A picture of a video.

    Parameters:
        index: of the frame, from 0 on.
        time: seconds since the beginning.
        image: uint8, (height, width, 3), RGB, upright.
    """

    index: int
    time: float
    image: RGBImage


class VideoSource:
    """A video that is open; a context manager, and its frames by iteration, once."""

    def __init__(self, source: str | Path):
        """
        Parameters:
            source: a file, a camera ("/dev/video0", or "0") or a stream ("rtsp://…", "http://…").

        Raises DataError for one that is not there, is no video, or has no picture;
        MissingDependencyError where PyAV is not installed.
        """
        with requires("A video", "PyAV", "triptych[video]"):
            import av
            from av.error import FFmpegError
        self._failure: type[Exception] = FFmpegError
        place = f"/dev/video{source}" if str(source).isdigit() else str(source)
        self.name = PASSWORD.sub("", place)  # of a camera: it is in no message
        self.frames, self._error = 0, ""
        try:
            self._container: Any = av.open(place, **_options(place))
        except (FFmpegError, ValueError) as error:
            raise DataError(f"Cannot open the video {self.name}: {_reason(error)}.") from error
        try:
            self._stream = self._video_stream()
        except BaseException:
            self._container.close()
            raise

    @property
    def rate(self) -> Fraction:
        """Frames a second, as the file says; 25 where it does not."""
        return self._stream.average_rate or Fraction(25)

    @property
    def duration(self) -> float | None:
        """Seconds, as the file says; None for cameras and streams."""
        stream = self._stream
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return self._container.duration / 1e6 if self._container.duration else None

    def __iter__(self) -> Iterator[VideoFrame]:
        """Frames in order. Raises DataError after the last one that could be read, where the video
        is damaged or ends in the middle."""
        bad, last = 0, 0.0
        start: float | None = None
        for packet in self._packets():
            try:
                pictures = packet.decode()
            except self._failure:
                bad += 1
                if bad >= BAD_PACKETS:
                    break
                continue
            for picture in pictures:
                time = self.frames / self.rate if picture.time is None else picture.time
                start = float(time) if start is None else start
                last = float(time) - start
                image = _upright(picture.to_ndarray(format="rgb24"), picture.rotation)
                yield VideoFrame(self.frames, last, image)
                self.frames += 1
        self._check_whole(bad, last)

    def _check_whole(self, bad: int, last: float) -> None:
        """Raise DataError where parts were damaged or are missing.

        Parameters:
            bad: packets that could not be decoded.
            last: seconds, of the last frame.
        """
        if not self.frames:
            raise DataError(f"{self.name} holds no frame that can be read. Give another.")
        expected, ends = self.duration, last + float(1 / self.rate)
        if self._error or bad or (expected and ends < expected - SLACK):
            of = f" of {expected:.1f}" if expected else ""
            told = f"{bad} damaged parts" if bad else self._error or "the rest is missing"
            raise DataError(
                f"{self.name} could be read to {ends:.1f}{of} s only: {told}. What was seen "
                "until then stands."
            )

    def _packets(self) -> Iterator[Any]:
        """What the file holds; an error on the way is kept, as it ends the video."""
        try:
            yield from self._container.demux(self._stream)
        except self._failure as error:
            self._error = _reason(error)

    def _video_stream(self) -> Any:
        streams = self._container.streams.video
        if not streams:
            raise DataError(f"{self.name} holds no picture, only sound or text. Give a video.")
        stream = streams[0]
        width, height = stream.codec_context.width, stream.codec_context.height
        if not 0 < width * height <= MAX_PIXELS:
            raise DataError(
                f"{self.name}: expected a picture of at most {MAX_PIXELS:,} pixels, got "
                f"{width}×{height}. Make it smaller."
            )
        stream.thread_type = "AUTO"
        return stream

    def close(self) -> None:
        """Close the file or camera."""
        self._container.close()

    def __enter__(self) -> "VideoSource":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _options(place: str) -> dict[str, Any]:
    if place.startswith("/dev/video"):
        return {"format": "v4l2", "timeout": TIMEOUT}
    if "://" in place:
        return {"timeout": TIMEOUT}
    return {"options": {"protocol_whitelist": "file"}}  # a playlist may not lead elsewhere


def _reason(error: Exception) -> str:
    """What PyAV says, in short."""
    if isinstance(error, OSError) and error.strerror:
        said = os_error_reason(error)
        return "it is no video that can be read" if "Invalid data" in str(error) else said
    return "it is no video that can be read" if "Invalid data" in str(error) else str(error)


def _upright(
    image: RGBImage, degrees: int
) -> UInt8[np.ndarray, "turned_height turned_width channels"]:
    """The picture as players show it: phones write how it is to be turned."""
    return np.ascontiguousarray(np.rot90(image, round(degrees / 90) % 4))
