"""The verbs of `triptych data`, as users type them."""

from pathlib import Path
from typing import Annotated

import typer

from ..catalog import check_name, part_names
from ..options import DEFAULTS, Json, Plugin, nonempty_path, refuse_options

Source = Annotated[
    str | None,
    typer.Option(
        help="A name of `data list` (mnist, drawn …), or a folder or file: IDX, .npz, Parquet …"
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting of the dataset, NAME=VALUE; may be repeated."),
]
AnnotationFormat = Annotated[
    str | None,
    typer.Option(help="How the pictures are annotated: coco, yolo … (default: by what lies there)"),
]

data = typer.Typer(help="Datasets and the files they are made from.", no_args_is_help=True)


@data.command("list")
def data_list(
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """The datasets, and the sources they can be made from."""
    from .data_list import print_datasets

    print_datasets(json=json)


@data.command("get")
def data_get(
    name: Annotated[str, typer.Argument(help="A source: mnist, openmoji.")],
) -> None:
    """Fetch a source's files into the cache, once."""
    check_name(name, "source")
    from .data import fetch_source

    fetch_source(name)


@data.command("check")
def data_check(
    paths: Annotated[list[Path], typer.Argument(help="Folders or annotation files of your own.")],
    format: AnnotationFormat = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Decode all pictures whole, not JPEGs at an eighth.")
    ] = False,
    few: Annotated[
        int, typer.Option(min=0, help="Tell classes with fewer examples than this.")
    ] = 10,
    out: Annotated[
        Path | None, typer.Option(parser=nonempty_path, help="A page to write, .html.")
    ] = None,
    json: Json = False,
    plugin: Plugin = None,
) -> None:
    """Check annotated pictures before a network learns from them: exit 3 where one is wrong."""
    from .check import check_paths

    choice = {"strict": strict, "deep": deep, "few": few, "out": out}
    status = check_paths(paths, format, **choice, json=json)
    if status:
        raise typer.Exit(status)


@data.command("convert")
def data_convert(
    source: Annotated[Path, typer.Argument(help="A folder or annotation file of any format.")],
    to: Annotated[str, typer.Argument(help="coco, yolo, cvat, labelme or label-studio.")],
    out: Annotated[
        Path, typer.Argument(parser=nonempty_path, help="A new folder; pictures are copied.")
    ],
    format: AnnotationFormat = None,
    plugin: Plugin = None,
) -> None:
    """Write annotated pictures in the format of another tool, and tell what it cannot hold."""
    from .convert import convert_set

    convert_set(source, to, out, format)


@data.command("look")
def data_look(
    dataset: Annotated[
        str, typer.Argument(help="A name from `triptych data list`, or a path of your pictures.")
    ],
    count: Annotated[int, typer.Option(min=1, max=400, help="Images.")] = 24,
    out: Annotated[Path, typer.Option(help="Picture to write.")] = Path("sheet.png"),
    split: Annotated[
        str | None,
        typer.Option(
            help="train, validation or test (default: train; of your own pictures, all).",
            show_default=False,
        ),
    ] = None,
    source: Source = None,
    set_: Set = None,
    format: AnnotationFormat = None,
    seed: Annotated[int, typer.Option(help="All chance follows from it.")] = DEFAULTS.seed,
    plugin: Plugin = None,
) -> None:
    """Draw a contact sheet of a dataset, or of your own pictures, with the truth on it."""
    from ..parsing import parse_assignments, parse_split

    if Path(dataset).exists() and dataset not in part_names("dataset"):
        refuse_options(dataset, {"--source": source, "--set": set_})
        from .look import draw_annotated

        draw_annotated(Path(dataset), split, count, out, format=format, seed=seed)
        return
    check_name(dataset, "dataset")
    refuse_options(f"the dataset '{dataset}'", {"--format": format})
    from .data import draw_dataset

    options, part = parse_assignments(set_ or []), parse_split(split or "train")
    draw_dataset(dataset, part, count, out, source=source, options=options, seed=seed)
