"""Commands on faces without a name: `faces cluster`."""

from pathlib import Path
from typing import Annotated

import typer

from ..options import Device, Json, Recursive
from . import options
from .app import faces


@faces.command()
def cluster(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    gallery: Annotated[
        str | None, typer.Option("--gallery", "-g", help="A gallery that gives people names.")
    ] = None,
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
    recursive: Recursive = False,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Group unnamed faces by person: who appears how often. Strangers seen once are alone."""
    from ...faces.grouping.cluster import check_method
    from .clustering import cluster as work
    from .recognition import build_pipeline, load_calibration

    check_method(method)
    pipeline = build_pipeline(encoder, set_, device, policy, aligned)
    rule = {"threshold": threshold, "calibration": load_calibration(calibration)}
    rule |= {"method": method, "min_quality": min_quality}
    paths = {"gallery": gallery, "out": out, "copy": copy, "recursive": recursive}
    work(photos, pipeline, rule, **paths, json=json)
