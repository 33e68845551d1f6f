"""`triptych faces cluster`: who appears how often, as text, JSON, a sheet, a CSV and folders."""

import csv
import re
import shutil
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ....faces.detection.alignment import align_face, center_crop, convert_channels
from ....faces.detection.template import ARCFACE_112X112
from ....faces.drawing.cluster_sheet import FACES, SheetRow, cluster_sheets
from ....faces.gallery.gallery import Gallery
from ....faces.grouping.cluster import cluster as clustered
from ....faces.grouping.result import ClusteredFace, ClusterResult, FaceCluster
from ....faces.recognition.pipeline import FacePipeline
from ....frame.errors import ConfigError, FaceError, WriteError
from ....frame.storage import images
from ....frame.storage.files import os_error_reason, write_text
from ....frame.storage.image_folder import SkippedImage
from ... import console
from ...output_files import make_folder
from ..recognition import print_skipped
from .identities import format_box

COLUMNS = ("cluster", "name", "photo", "left", "top", "right", "bottom", "quality", "distance")
SHEET, TABLE, ALONE = "clusters", "clusters.csv", "alone"
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')  # what file names of some systems cannot hold
LISTED = 40  # clusters named on the terminal; all are in the JSON


def cluster(
    photos: Sequence[Path],
    pipeline: FacePipeline,
    options: dict[str, Any],
    *,
    gallery: str | None,
    tenant: str = "",
    out: Path | None,
    copy: bool,
    recursive: bool,
    json: bool,
) -> None:
    """Group faces by person, and say, draw and copy what came out.

    Raises ConfigError for `copy` without `out`, FaceError where no photo had a face."""
    if copy and out is None:
        raise ConfigError("Expected --out FOLDER beside --copy: where photos are copied to.")
    if out:
        _check_free(out, copy)
    left_out: list[SkippedImage] = []
    files = images.expand_paths([*photos], recursive=recursive, left_out=left_out.append)
    console.log_left_out(left_out)
    encoder = pipeline.encoder
    opened = Gallery.open(gallery, encoder=encoder, tenant=tenant) if gallery else None
    try:
        with console.progress_bar() as progress:
            result = clustered(
                files, gallery=opened, pipeline=pipeline, progress=progress, **options
            )
    finally:
        if opened:
            opened.close()
    print_skipped(result.refused)
    if not (result.clusters or result.alone):
        raise FaceError(f"None of {len(files)} photos has a face that can be told, see above.")
    if out:
        write_clusters(result, out, copy=copy)
    if json:
        others = [each.to_dict() for each in left_out]
        console.print_json({**result.to_dict(), "left_out": others})
    else:
        print_clusters(result)
    if out:
        console.log(f"Look at {out / f'{SHEET}.png'}")


def print_clusters(result: ClusterResult) -> None:
    """A line a person, the most frequent first."""
    faces = sum(len(each.faces) for each in result.clusters) + len(result.alone)
    print(
        f"{faces:,} faces in {result.photos - len(result.refused):,} photos: "
        f"{len(result.clusters):,} people seen twice or more, {_alone(result)}"
    )
    names = max((len(each.name or "–") for each in result.clusters), default=1)
    for each in result.clusters[:LISTED]:
        best = each.faces[0]
        where = f" at {format_box(best.face)}" if best.face else ""
        print(
            f"{each.number:>3}  {each.name or '–':<{names}} {len(each.faces):>5} faces  "
            f"{len(each.photos):>5} photos  distance {each.distance:.2f}  best {best.photo}{where}"
        )
    if len(result.clusters) > LISTED:
        print(f"   … and {len(result.clusters) - LISTED:,} more (--json names them all)")


def _alone(result: ClusterResult) -> str:
    """How many faces are alone, and how many of these for their quality."""
    poor = f" ({result.poor:,} of them too poor to be grouped)" if result.poor else ""
    return f"{len(result.alone):,} alone{poor}"


def write_clusters(result: ClusterResult, out: Path, *, copy: bool) -> None:
    """Write the sheets, the CSV and, where asked for, the folders.

    Parameters:
        result: what came out.
        out: a folder; it is made where it is missing.
        copy: whether each person's photos are copied into a folder of its own.
    """
    make_folder(out, "--out")
    write_text(out / TABLE, cluster_csv(result))
    title = f"{len(result.clusters):,} people seen twice or more, {len(result.alone):,} faces alone"
    subtitle = (
        f"{result.photos:,} photos  ·  best faces first, below each its distance to the middle of "
        f"the person's faces  ·  threshold {result.threshold.threshold:.3f}"
    )
    sheets = cluster_sheets([*_rows(result)], title, subtitle)
    for number, sheet in enumerate(sheets, 1):
        images.save(out / f"{SHEET}{f'-{number}' * (number > 1)}.png", sheet)
    if copy:
        for each in result.clusters:
            _copy(each.photos, out / folder_name(each))
        _copy([each.faces[0].photo for each in result.alone], out / ALONE)


def cluster_csv(result: ClusterResult) -> str:
    """A row a face; those alone have no number."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in (*result.clusters, *result.alone):
        number = each.number if len(each.faces) > 1 else ""
        for face in each.faces:
            told = face.to_dict()
            box = told["box"] or dict.fromkeys(COLUMNS[3:7], "")
            quality = "" if told["quality"] is None else told["quality"]
            row = [number, each.name or "", face.photo, *box.values(), quality]
            writer.writerow([*row, told["distance"] if number else ""])
    return text.getvalue()


def folder_name(cluster: FaceCluster) -> str:
    """The folder of a person's photos: "003" or "003 Ann".

    >>> folder_name(FaceCluster(3, (), "Ann/B: <x>"))
    '003 Ann B x'
    """
    name = UNSAFE.sub(" ", cluster.name or "")
    return f"{cluster.number:03} {' '.join(name.split())}".strip(" .")[:80]


def _check_free(out: Path, copy: bool) -> None:
    """Raise ConfigError where copies would lie among those of an earlier call."""
    if copy and out.is_dir():
        taken = next(
            (path for path in sorted(out.iterdir()) if path.is_dir() and _is_ours(path.name)), None
        )
        if taken:
            raise ConfigError(
                f"{taken} is there already, of an earlier call. Choose another --out."
            )


def _is_ours(name: str) -> bool:
    return name == ALONE or re.match(r"\d{3,}( |$)", name) is not None


def _copy(photos: Sequence[str], folder: Path) -> None:
    """Copy photos into a folder; those of one name are numbered."""
    if not photos:
        return
    make_folder(folder, "--out")
    for photo in dict.fromkeys(photos):
        source = Path(photo)
        target, number = folder / source.name, 1
        while target.exists():
            number += 1
            target = folder / f"{source.stem}-{number}{source.suffix}"
        try:
            shutil.copyfile(source, target)
        except OSError as error:
            raise WriteError(f"Cannot copy {source}: {os_error_reason(error)}.") from error


def _rows(result: ClusterResult) -> Iterator[SheetRow]:
    """A row a person, and those alone in the last."""
    for each in result.clusters:
        shown = each.faces[:FACES]
        notes = [
            f"{len(each.faces):,} faces in {len(each.photos):,} photos",
            f"mean distance {each.distance:.2f}",
        ]
        if each.name:
            notes.append(f"{each.votes:,} of {len(each.faces):,} faces have the name")
        faces = [(_picture(face), f"{face.distance:.2f}") for face in shown]
        name = f"{each.number}  {each.name}" if each.name else f"{each.number}"
        yield SheetRow(name, notes, faces, len(each.faces) - len(shown))
    if result.alone:
        shown = result.alone[:FACES]
        faces = [(_picture(one.faces[0]), one.name or "") for one in shown]
        notes = [f"{len(result.alone) - result.poor:,} faces like no other"]
        notes += [f"{result.poor:,} too poor to be grouped"] if result.poor else []
        yield SheetRow("alone", notes, faces, len(result.alone) - len(shown))


def _picture(face: ClusteredFace) -> images.RGBImage:
    """A face upright, cut out of its photo."""
    photo = convert_channels(images.read(face.photo), 3)
    if face.face is None:
        return center_crop(photo, ARCFACE_112X112)
    return align_face(photo, face.face.landmarks, ARCFACE_112X112)
