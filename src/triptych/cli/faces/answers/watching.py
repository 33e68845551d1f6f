"""`triptych faces watch`: events of a video, printed as they happen."""

import json as jsonlib
import time
from pathlib import Path
from typing import Any

from ....faces.gallery.gallery import Gallery
from ....faces.recognition.pipeline import FacePipeline
from ....faces.video.watch import TrackEvent, WatchCounts
from ....faces.video.watch import watch as watched
from ....frame.storage.files import check_writable
from ... import console
from ...signals import stop_requested


def watch(
    source: str,
    url: str,
    pipeline: FacePipeline,
    options: dict[str, Any],
    *,
    tenant: str = "",
    out: Path | None,
    json: bool,
) -> None:
    """Print who comes and goes; Ctrl-C ends well."""
    if out:
        check_writable(out)
    counts, begun = WatchCounts(), time.perf_counter()
    try:
        with (
            Gallery.open(url, encoder=pipeline.encoder, tenant=tenant) as gallery,
            stop_requested() as stop,
        ):
            events = watched(
                source, gallery, pipeline=pipeline, out=out, stop=stop, counts=counts, **options
            )
            for event in events:
                line = format_event(event)
                told = jsonlib.dumps(event.to_dict(), ensure_ascii=False) if json else line
                print(told, flush=True)
    finally:
        if counts.frames:
            took = max(time.perf_counter() - begun, 1e-9)
            console.log(
                f"{counts.frames:,} frames in {took:.1f} s ({counts.frames / took:.1f} a second), "
                f"looked for faces in {counts.looked:,}, {counts.encoded:,} faces encoded."
            )
    if out:
        console.log(f"Look at {out}")


def format_event(event: TrackEvent) -> str:
    """An event in one line.

    >>> import numpy as np
    >>> from triptych.faces.detection.face import Face
    >>> face = Face(1, 2, 3, 4, np.zeros((5, 2), np.float32), 0.9)
    >>> format_event(TrackEvent("appears", 61.24, 3, "Ann", 0.712, face, 61.2, 2, 0.8))
    '0:01:01.24  track 3  appears  Ann  0.71'
    """
    minutes, seconds = divmod(event.time, 60)
    clock = f"{int(minutes // 60)}:{int(minutes % 60):02}:{seconds:05.2f}"
    distance = "" if event.distance is None else f"  {event.distance:.2f}"
    since = f"  after {event.time - event.first:.1f} s" if event.kind == "gone" else ""
    name = event.person or "unknown"
    return f"{clock}  track {event.track}  {event.kind:<7}  {name}{distance}{since}"
