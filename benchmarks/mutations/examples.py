"""Small files that are whole, of every kind that is read."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image
from pyarrow import parquet

from triptych.multitask.annotated.conversion import convert

OLD_RUNS = Path(__file__).parents[2] / "tests" / "old_runs"
SIZE = 64, 48
BOX = "<bndbox><xmin>3</xmin><ymin>4</ymin><xmax>30</xmax><ymax>20</ymax></bndbox>"
VIA = {
    "a.png99": {
        "filename": "a.png",
        "size": 99,
        "regions": [
            {
                "shape_attributes": {"name": "circle", "cx": 20, "cy": 15, "r": 10},
                "region_attributes": {"kind": "cat"},
            },
            {
                "shape_attributes": {
                    "name": "polygon",
                    "all_points_x": [3, 30, 9],
                    "all_points_y": [4, 8, 30],
                },
                "region_attributes": {"kind": "dog"},
            },
        ],
        "file_attributes": {},
    }
}


def picture(kind: str = "png", **options: object) -> bytes:
    """A small photograph-like picture as a file of some kind.

    Parameters:
        kind: a format of Pillow.
        options: how Pillow saves it.
    """
    chance = np.random.default_rng(0)
    coarse = Image.fromarray(chance.integers(0, 255, (6, 8, 3), np.uint8))
    buffer = io.BytesIO()
    coarse.resize(SIZE).save(buffer, kind, **options)
    return buffer.getvalue()


def write_pictures(folder: Path) -> None:
    """Pictures of every kind that is read, one a file."""
    for kind in ("png", "jpeg", "gif", "webp", "bmp", "tiff", "ppm", "jpeg2000", "tga"):
        (folder / f"{kind}.{kind}").write_bytes(picture(kind))
    (folder / "progressive.jpg").write_bytes(picture("jpeg", progressive=True, dpi=(72, 72)))
    (folder / "palette.png").write_bytes(picture("gif"))
    (folder / "lzw.tif").write_bytes(picture("tiff", compression="tiff_lzw"))


def write_voc(folder: Path) -> None:
    """A picture with a box, as Pascal VOC."""
    for name, content in (("JPEGImages/a.png", picture()), ("Annotations/a.xml", b"")):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
    size = "<size><width>64</width><height>48</height><depth>3</depth></size>"
    thing = f"<object><name>cat</name><difficult>0</difficult>{BOX}</object>"
    text = f"<annotation><filename>a.png</filename>{size}{thing * 2}</annotation>"
    (folder / "Annotations" / "a.xml").write_text(text)


def write_via(folder: Path) -> None:
    """A circle and a polygon, as VIA."""
    (folder / "a.png").write_bytes(picture())
    (folder / "via.json").write_text(json.dumps(VIA))


def write_table(folder: Path) -> None:
    """Boxes in a CSV file, whose columns a YAML file names."""
    (folder / "a.png").write_bytes(picture())
    rows = "filename,label,xmin,ymin,xmax,ymax\na.png,cat,3,4,30,20\na.png,dog,5,5,40,40\n"
    (folder / "set.csv").write_text(rows)
    (folder / "set.yaml").write_text("columns:\n  image: filename\n  class: label\n")


def write_huggingface(folder: Path) -> None:
    """Pictures and classes in a Parquet file, as the Hugging Face hub keeps them."""
    cells = [{"bytes": picture(), "path": f"{i}.png"} for i in range(4)]
    table = pa.table({"image": pa.array(cells), "label": pa.array([0, 1, 0, 1])})
    parquet.write_table(table, folder / "train-00000-of-00001.parquet")


def write_webdataset(folder: Path) -> None:
    """Pictures with classes and boxes in a tar file."""
    with tarfile.open(folder / "train-000.tar", "w") as packed:
        for name, content in (("1.png", picture()), ("1.cls", b"3"), ("2.jpg", picture("jpeg"))):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))


def write_masks(folder: Path) -> None:
    """Pictures with a mask each."""
    for part in ("images", "masks"):
        (folder / part).mkdir()
    mask = np.zeros(SIZE[::-1], np.uint8)
    mask[5:20, 10:40] = 255
    for name in "ab":
        (folder / "images" / f"{name}.png").write_bytes(picture())
        Image.fromarray(mask).save(folder / "masks" / f"{name}.png")


def converted(to: str) -> Callable[[Path], None]:
    """A writer of the VIA example in another tool's format.

    Parameters:
        to: a format that is written.
    """

    def write(folder: Path) -> None:
        source = folder.with_name(f"{folder.name}-source")
        source.mkdir()
        write_via(source)
        folder.rmdir()
        convert(source, to, folder)

    return write


def old_run(name: str) -> Callable[[Path], None]:
    """A writer of a finished run of a former version.

    Parameters:
        name: of a folder in tests/old_runs.
    """
    return lambda folder: shutil.copytree(OLD_RUNS / name, folder, dirs_exist_ok=True) and None


ANNOTATED: Mapping[str, Callable[[Path], None]] = {
    **{name: converted(name) for name in ("coco", "yolo", "cvat", "labelme", "label-studio")},
    **{"voc": write_voc, "via": write_via, "csv-table": write_table, "mask-images": write_masks},
    **{"huggingface": write_huggingface, "webdataset": write_webdataset},
}
"""Writers of annotated sets, by the names of their formats."""
