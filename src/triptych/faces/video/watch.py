"""Who is in a video: faces tracked, and each track named by all its pictures together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from jaxtyping import Float32

from ...frame.drawing.colors import MUTED, PALETTE
from ...frame.errors import ConfigError, DataError, FaceError
from ..calibration.calibration import Calibration
from ..detection.face import Face, RGBImage, box_sides
from ..detection.quality import select_faces
from ..drawing.draw_faces import FaceLabel, draw_faces
from ..encoders._encoder import Encoder
from ..gallery.gallery import Gallery
from ..recognition.default_pipeline import resolve_pipeline
from ..recognition.pipeline import FacePipeline
from ..recognition.threshold import DecisionThreshold, resolve_threshold
from ..templates.nearest import nearest_templates
from .frames import VideoFrame, VideoSource
from .tracker import Track, Tracker
from .writer import write_video

THUMBNAIL = 32  # pixels: the size at which frames are compared ...
CUT = 40.0  # ... and the mean difference in grey levels from which on nothing is where it was

EventKind = Literal["appears", "named", "gone"]
"""`appears`: a face is tracked for the second frame; `named`: its name is another than told before;
`gone`: it was not seen for five seconds, or the video is over."""


@dataclass(frozen=True, eq=False)
class TrackEvent:
    """Something that happened in a video.

    Parameters:
        kind: what.
        time: seconds since the beginning; of `gone` when it was seen last.
        track: the number of the face's track.
        person: the name, None for a stranger.
        distance: of the track's fused encodings to the nearest person, None in an empty gallery.
        face: where it was seen last.
        first: seconds, when the track began.
        frames: in how many of the frames looked at it was seen.
        quality: of its best face, 0 … 1.
    """

    kind: EventKind
    time: float
    track: int
    person: str | None
    distance: float | None
    face: Face
    first: float
    frames: int
    quality: float

    def to_dict(self) -> dict[str, Any]:
        """As a line of `triptych faces watch --json`; the box in pixels."""
        return {
            "event": self.kind,
            "time": round(self.time, 3),
            "track": self.track,
            "person": self.person,
            "distance": None if self.distance is None else round(self.distance, 4),
            "box": box_sides(self.face),
            "first": round(self.first, 3),
            "frames": self.frames,
            "quality": round(self.quality, 3),
        }


@dataclass
class WatchCounts:
    """How far a video was watched; filled as it goes on.

    Parameters:
        frames: read.
        looked: frames in which faces were looked for.
        encoded: faces that were encoded.
    """

    frames: int = 0
    looked: int = 0
    encoded: int = 0


def watch(
    source: str | Path,
    gallery: Gallery,
    *,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    every: int = 1,
    threshold: float | None = None,
    calibration: Calibration | None = None,
    out: str | Path | None = None,
    stop: Callable[[], bool] = lambda: False,
    counts: WatchCounts | None = None,
) -> Iterator[TrackEvent]:
    """Who is in a video, told as it goes on: an event for each face that comes, is named, and goes.

    Faces are linked from frame to frame by place and looks; the encodings of a track are fused by
    quality, and these are looked up in the gallery.

    Parameters:
        source: a file, a camera ("/dev/video0") or a stream ("rtsp://…").
        gallery: of the encoder that is used.
        pipeline: what detects and encodes faces; by default that of the default encoder.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        every: faces are looked for in every so many-th frame.
        threshold: the largest distance of one person's faces, 0 … 2; by default that of
            `calibration`, of the gallery, of the encoder: the first there is.
        calibration: one of the same encoder.
        out: an MP4 file for all frames with boxes and names drawn, without sound, if any.
        stop: asked after each frame; once it says so, all ends well, and the file is whole.
        counts: filled in, if given.

    Raises DataError for what is no video, and, after all that was seen, for one that is cut off or
    damaged; EncoderMismatchError for a gallery of another encoder; ConfigError without a threshold;
    WriteError for `out`.
    """
    pipeline = resolve_pipeline(pipeline, encoder, "all")
    if pipeline.detector is None:
        raise ConfigError("Expected a pipeline that looks for faces. Leave out --aligned.")
    if every < 1:
        raise ConfigError(f"Expected every frame (1) or every so many-th, got {every}.")
    if out is not None and Path(out).resolve() == Path(source).resolve():
        raise ConfigError(f"{out} would be written over the video itself. Choose another.")
    rule = resolve_threshold(pipeline.encoder, threshold, calibration, gallery.calibration)
    watcher = _Watcher(pipeline, gallery, rule, counts or WatchCounts())
    with VideoSource(source) as video, ExitStack() as stack:
        writer = stack.enter_context(write_video(out, video.rate)) if out else None
        error = None
        try:
            for frame in video:
                yield from watcher.look(frame, frame.index % every == 0)
                if writer:
                    writer.write(watcher.draw(frame.image), frame.time)
                if stop():
                    break
        except DataError as cut_off:
            error = cut_off  # what was seen before is told, and the file is finished
        yield from watcher.finish()
        if error is not None and not watcher.counts.frames:
            raise error
    if error is not None:
        raise error


class _Watcher:
    """What is known of the faces of a video so far."""

    def __init__(
        self, pipeline: FacePipeline, gallery: Gallery, rule: DecisionThreshold, counts: WatchCounts
    ):
        self.pipeline, self.gallery, self.rule, self.counts = pipeline, gallery, rule, counts
        self.tracker = Tracker(rule.threshold)
        self.names: dict[int, tuple[str | None, float | None]] = {}
        self.told: dict[int, str | None] = {}
        self._thumbnail: Float32[np.ndarray, "side side"] | None = None

    def look(self, frame: VideoFrame, now: bool) -> Iterator[TrackEvent]:
        """Take up a frame; faces are looked for where it is time for it."""
        self.counts.frames += 1
        if not now:
            return
        self.counts.looked += 1
        image = frame.image

        def encode(faces: Sequence[Face]) -> Float32[np.ndarray, "faces size"]:
            self.counts.encoded += len(faces)
            crops = np.stack([self.pipeline.crop(image, face) for face in faces])
            return self.pipeline.encoder.encode(crops)

        faces = self._faces(image)
        gone = self.tracker.update(faces, frame.time, encode, cut=self._is_cut(image))
        visible = self.tracker.visible
        self._identify([track for track in visible if track.changed])
        for track in visible:
            if track.confirmed and track.number not in self.told:
                yield self._event("appears", track, frame.time)
            elif track.confirmed and self.told[track.number] != self.names[track.number][0]:
                yield self._event("named", track, frame.time)
        yield from self._gone(gone)

    def finish(self) -> Iterator[TrackEvent]:
        """The end of the video: all tracks go."""
        return self._gone(self.tracker.finish())

    def draw(self, image: RGBImage) -> RGBImage:
        """The frame with the faces seen in it last."""
        return draw_faces(image, [*map(self._label, self.tracker.visible)], fixed=True)

    def _faces(self, image: RGBImage) -> list[Face]:
        """Those good enough; none is no error."""
        assert self.pipeline.detector is not None
        detected = self.pipeline.detector.detect(image)
        try:
            return select_faces(image, detected, "all", self.pipeline.thresholds)
        except FaceError:
            return []

    def _is_cut(self, image: RGBImage) -> bool:
        """Whether the picture is quite another than that looked at before."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)
        before, self._thumbnail = self._thumbnail, small.astype(np.float32)
        return before is not None and float(np.abs(self._thumbnail - before).mean()) > CUT

    def _identify(self, tracks: Sequence[Track]) -> None:
        """Look up tracks whose template is new."""
        templates = [track.template for track in tracks if track.template is not None]
        if not templates:
            return
        for track, near in zip(tracks, nearest_templates(self.gallery, np.stack(templates), top=1)):
            track.changed = False
            known = bool(near) and self.rule.accepts(near[0].distance)
            distance = near[0].distance if near else None
            self.names[track.number] = (near[0].person if known else None, distance)

    def _gone(self, tracks: Sequence[Track]) -> Iterator[TrackEvent]:
        for track in tracks:
            if track.number in self.told:
                yield self._event("gone", track, track.last)

    def _event(self, kind: EventKind, track: Track, time: float) -> TrackEvent:
        person, distance = self.names[track.number]
        self.told[track.number] = person
        where = (track.face, track.first, track.frames, track.quality)
        return TrackEvent(kind, time, track.number, person, distance, *where)

    def _label(self, track: Track) -> FaceLabel:
        person, distance = self.names[track.number]
        color = PALETTE[(track.number - 1) % len(PALETTE)] if person else MUTED
        detail = "" if distance is None else f"{distance:.2f}"
        return FaceLabel(track.face.box, track.number, person or "unknown", detail, color)
