"""The verbs of the second panel: `triptych faces …`."""

from pathlib import Path
from typing import Annotated

import typer

from .. import console
from ..options import DEFAULTS, Device, Json, Resume, nonempty_path, option_for

faces = typer.Typer(
    help="Is this the same person, and who is it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Which = Annotated[
    str, typer.Option("--encoder", help="mobilefacenet, a run of `faces train`, or an ONNX file.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="How an ONNX file reads crops: size=112x112, colour=bgr …"),
]
Policy = Annotated[
    str, typer.Option("--faces", help="one, largest or all: which faces of a photo to take.")
]
Aligned = Annotated[
    bool, typer.Option("--aligned", help="The photos are aligned crops: look for no faces.")
]
Store = Annotated[
    str, typer.Option("--gallery", "-g", help="people.db, sqlite:///people.db or postgresql://…")
]
Threshold = Annotated[
    float | None, typer.Option(help="Largest distance of one person's faces, 0 … 2.")
]
Calibrated = Annotated[
    Path | None, typer.Option("--calibration", help="A file that `faces calibrate` wrote.")
]
Folder = Annotated[
    Path, typer.Argument(help="A folder of photos for each person, or a zip of such folders.")
]


@faces.command()
def verify(
    first: Annotated[Path, typer.Argument(help="A photo.")],
    second: Annotated[Path, typer.Argument(help="Another photo.")],
    threshold: Threshold = None,
    calibration: Calibrated = None,
    policy: Policy = "one",
    aligned: Aligned = False,
    encoder: Which = "mobilefacenet",
    set_: Set = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Say whether two photos show the same person, and how sure that is."""
    from ...faces.recognition.verify import verify as work
    from .recognition import loaded, reader

    reading = reader(encoder, set_, device, policy, aligned)
    verdict = work(
        first, second, reader=reading, threshold=threshold, calibration=loaded(calibration)
    )
    if json:
        console.print_json({"first": str(first), "second": str(second), **verdict.json()})
        return
    from .recognition import told

    print(told(verdict))


@faces.command()
def encode(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    out: Annotated[
        Path | None, typer.Option(help="Write an .npz of numbers instead of printing them.")
    ] = None,
    policy: Policy = "all",
    aligned: Aligned = False,
    encoder: Which = "mobilefacenet",
    set_: Set = None,
    device: Device = "auto",
) -> None:
    """Turn faces into numbers: a unit vector for each face, printed as JSON or kept in a file."""
    from .recognition import encode as work
    from .recognition import reader

    work(photos, out, reader(encoder, set_, device, policy, aligned))


@faces.command()
def enroll(
    folder: Folder,
    gallery: Store,
    policy: Policy = "one",
    aligned: Aligned = False,
    encoder: Which = "mobilefacenet",
    set_: Set = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Put people into a gallery; one photo each is enough. Done twice it changes nothing."""
    from .recognition import enroll as work
    from .recognition import reader

    work(folder, gallery, reader(encoder, set_, device, policy, aligned), json=json)


@faces.command()
def identify(
    photos: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.")],
    gallery: Store,
    top: Annotated[int, typer.Option(min=1, help="Nearest people to name.")] = 5,
    threshold: Threshold = None,
    calibration: Calibrated = None,
    draw: Annotated[
        Path | None, typer.Option(help="Folder for the photos with the names drawn.")
    ] = None,
    policy: Policy = "all",
    aligned: Aligned = False,
    encoder: Which = "mobilefacenet",
    set_: Set = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Say who is in photos; whoever is not within the threshold is unknown."""
    from .recognition import identify as work
    from .recognition import loaded, reader

    reading = reader(encoder, set_, device, policy, aligned)
    chosen = {"top": top, "threshold": threshold, "calibration": loaded(calibration)}
    work(photos, gallery, reading, chosen, draw=draw, json=json)


@faces.command("list")
def list_(gallery: Store, json: Json = False) -> None:
    """Name the people of a gallery, its encoder and its threshold."""
    from .recognition import enrolled as work

    work(gallery, json=json)


@faces.command()
def remove(
    people: Annotated[list[str], typer.Argument(help="Names, as `faces list` gives them.")],
    gallery: Store,
) -> None:
    """Take people out of a gallery, with all their encodings."""
    from .recognition import remove as work

    work(people, gallery)


@faces.command()
def calibrate(
    folder: Folder,
    far: Annotated[
        float, typer.Option(help="Share of pairs of different people that may be accepted.")
    ] = 1e-3,
    out: Annotated[
        Path | None, typer.Option(help="File for the calibration (verify --calibration FILE).")
    ] = None,
    gallery: Annotated[
        str | None, typer.Option("--gallery", "-g", help="A gallery to keep the calibration in.")
    ] = None,
    seed: Annotated[int, typer.Option(help="All chance follows from it.")] = DEFAULTS.seed,
    policy: Policy = "largest",
    aligned: Aligned = False,
    encoder: Which = "mobilefacenet",
    set_: Set = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Find the threshold for a false accept rate from your own people, and how sure it is."""
    from .evaluation import calibrate as work
    from .recognition import reader

    reading = reader(encoder, set_, device, policy, aligned)
    work(folder, reading, far=far, seed=seed, out=out, gallery=gallery, json=json)


@faces.command()
def evaluate(
    folder: Folder,
    pairs: Annotated[
        Path | None, typer.Option(help="A pairs.txt in the format of LFW (default: all pairs).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for report.html, curves and the worst pairs.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Parts for cross-validation.")] = 10,
    seed: Annotated[int, typer.Option(help="All chance follows from it.")] = DEFAULTS.seed,
    calibration: Calibrated = None,
    policy: Policy = "largest",
    aligned: Aligned = False,
    encoder: Which = "mobilefacenet",
    set_: Set = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Measure an encoder on people it has not seen: accuracy, error rates, one-shot recognition."""
    from .evaluation import evaluate as work
    from .recognition import loaded, reader

    reading = reader(encoder, set_, device, policy, aligned)
    work(folder, reading, pairs, folds, seed, loaded(calibration), out, json=json)


@faces.command()
def train(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of photos for each person, or zips of them.")
    ],
    out: Annotated[
        Path | None, typer.Option(parser=nonempty_path, help="Run folder (runs/FOLDER)")
    ] = None,
    resume: Resume = False,
    encoder: Annotated[
        str, typer.Option(help="scratch, or mobilefacenet: go on from the pretrained one.")
    ] = "scratch",
    crop: Annotated[
        str | None,
        typer.Option(help="find (faces), aligned (they are already) or whole (any pictures)."),
    ] = None,
    height: Annotated[int | None, typer.Option(help="Pixels of a crop, down.")] = None,
    width: Annotated[int | None, typer.Option(help="Pixels of a crop, across.")] = None,
    channels: Annotated[int | None, typer.Option(help="1 grey, 3 colour.")] = None,
    people: Annotated[int | None, typer.Option(help="People a batch.")] = None,
    photos: Annotated[int | None, typer.Option(help="Photos of each a batch.")] = None,
    margin: Annotated[
        float | None,
        typer.Option(help="How much nearer the same person is to be, in squared distance."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other setting of triplets or training, NAME=VALUE."),
    ] = None,
    epochs: Annotated[int | None, option_for("epochs", overridden_by="start")] = None,
    lr: Annotated[float | None, option_for("lr", overridden_by="start")] = None,
    seed: Annotated[int | None, option_for("seed")] = None,
    patience: Annotated[int | None, option_for("patience")] = None,
    device: Annotated[str | None, option_for("device")] = None,
    precision: Annotated[str | None, option_for("precision")] = None,
    json: Json = False,
) -> None:
    """Learn an encoder from photos of people, or of anything that is the same or different."""
    from ..parsing import parse_assignments
    from .training import train as work

    flags = {
        "crop": crop,
        "height": height,
        "width": width,
        "channels": channels,
        "people": people,
        "photos": photos,
        "margin": margin,
        "epochs": epochs,
        "lr": lr,
        "seed": seed,
        "patience": patience,
        "device": device,
        "precision": precision,
    }
    chosen = {**parse_assignments(set_ or [], "--set turn=8"), **flags}
    work(folders, out, encoder, chosen, resume=resume, json=json)


@faces.command()
def characters(
    runs: Annotated[Path, typer.Argument(help="Omniglot's one-shot runs: all_runs.zip.")],
    encoder: Which = "mobilefacenet",
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Measure 20-way one-shot recognition of characters, as Omniglot's authors do."""
    from .training import characters as work

    work(runs, encoder, device, json=json)
