"""Commands on photos without names and on videos: `faces cluster` and `watch`."""

from pathlib import Path
from typing import Annotated

import typer

from ...options import Device, Json, Recursive
from .. import options
from ..app import faces


@faces.command()
def cluster(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    gallery: Annotated[
        str | None, typer.Option("--gallery", "-g", help="A gallery that gives people names.")
    ] = None,
    tenant: options.TenantOption = "",
    out: Annotated[
        Path | None, typer.Option(help="Folder for a sheet of all people and a CSV of all faces.")
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy each person's photos into a folder in --out.")
    ] = False,
    method: Annotated[
        str, typer.Option(help="average (linkage, cut at the threshold) or dbscan.")
    ] = "average",
    min_quality: Annotated[
        float, typer.Option(help="Faces of lower quality, 0 … 1, stay alone.")
    ] = 0.2,
    threshold: options.ThresholdOption = None,
    calibration: options.CalibrationOption = None,
    policy: options.SelectionOption = "all",
    aligned: options.AlignedOption = False,
    detector: options.DetectorOption = "auto",
    smallest_face: options.SmallestFaceOption = None,
    recursive: Recursive = False,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Group unnamed faces by person: who appears how often. Strangers seen once are alone."""
    from ....faces.grouping.cluster import check_method
    from ..recognition import build_pipeline, load_calibration
    from .clustering import cluster as work

    check_method(method)
    look = {"detector": detector, "smallest_face": smallest_face}
    pipeline = build_pipeline(encoder, set_, device, policy, aligned, **look, gallery=gallery)
    rule = {"threshold": threshold, "calibration": load_calibration(calibration)}
    rule |= {"method": method, "min_quality": min_quality}
    paths = {"gallery": gallery, "tenant": tenant, "out": out, "copy": copy, "recursive": recursive}
    work(photos, pipeline, rule, **paths, json=json)


@faces.command()
def watch(
    source: Annotated[str, typer.Argument(help="A video file, /dev/video0, or rtsp://…")],
    gallery: options.GalleryOption,
    tenant: options.TenantOption = "",
    every: Annotated[int, typer.Option(min=1, help="Look at every so many-th frame.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="An MP4 file for the video with names drawn.")
    ] = None,
    threshold: options.ThresholdOption = None,
    calibration: options.CalibrationOption = None,
    encoder: options.EncoderOption = "auto",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Annotated[bool, typer.Option("--json", help="Print a line of JSON an event.")] = False,
) -> None:
    """Follow the faces of a video or camera, and say who comes and goes. Ctrl-C ends it well."""
    from ..recognition import build_pipeline, load_calibration
    from .watching import watch as work

    pipeline = build_pipeline(encoder, set_, device, "all", False, gallery=gallery)
    rule = {"every": every, "threshold": threshold, "calibration": load_calibration(calibration)}
    work(source, gallery, pipeline, rule, tenant=tenant, out=out, json=json)
