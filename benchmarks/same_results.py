"""Compare what two checkouts of triptych make: the same weights, metrics and pictures?

    python -m benchmarks.same_results make before/ --checkout ../old-checkout
    python -m benchmarks.same_results make after/
    python -m benchmarks.same_results compare before/ after/

Each case is one command line, run on the CPU in a process of its own. Files are compared byte for
byte, but of weights the tensors whatever their names, and of tables the values without the seconds
they took. Run both on one machine, with the same packages and real data (TRIPTYCH_DATA).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from safetensors.numpy import load_file

DATASETS = (
    "colored-digits",
    "foreground-digits",
    "circled-digits",
    "mosaic-digits",
    "digits",
    "emoji",
)
FACES = ["faces", "train", "{data}/faces/orl/orl_faces.zip", "--height", "56", "--width", "48"]
STYLE = "{data}/style/paintings/starry_night_vangogh.jpg"
PAINT = ["style", "paint", "{data}/style/content/golden_gate.jpg", STYLE, "--size", "256"]

CASES: dict[str, list[str]] = {
    **{
        name: ["train", name, "--epochs", "2", "--seed", "0", "--out", "{out}"] for name in DATASETS
    },
    "faces-train": [
        *FACES,
        *("--channels", "1", "--epochs", "2", "--set", "steps=20", "--set", "semihard=0.2"),
        *("--set", "validation=0.1", "--seed", "0", "--out", "{out}"),
    ],
    "faces-tune": [
        *("faces", "train", "{data}/faces/orl/orl_faces.zip", "--encoder", "mobilefacenet"),
        *("--crop", "whole", "--epochs", "1", "--set", "steps=4", "--seed", "0", "--out", "{out}"),
    ],
    "style-features": [*PAINT, "--features", "vgg19-small", "--out", "{out}/picture.png"],
    "style-patches": [*PAINT, "--features", "patches", "--out", "{out}/picture.png"],
    "style-train": [
        *("style", "train", STYLE, "{data}/style/content", "--epochs", "2", "--set", "steps=10"),
        *("--seed", "0", "--out", "{out}"),
    ],
}
COMPARED = (".safetensors", ".png", ".jpg", ".csv", ".svg")
TIMES = ("seconds", "cpu_seconds", "ms")

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.command()
def make(
    folder: Annotated[Path, typer.Argument(help="Where the results go; one folder a case.")],
    checkout: Annotated[Path, typer.Option(help="The checkout whose src/ is run.")] = Path(),
    only: Annotated[list[str] | None, typer.Option(help="A case; may be repeated.")] = None,
    digits: Annotated[
        str, typer.Option(help="A source of digits, such as a smaller folder of IDX files.")
    ] = "",
) -> None:
    """Run every case and keep its results."""
    data = os.environ.get("TRIPTYCH_DATA", "").split(os.pathsep)[0]
    environment = {**os.environ, "PYTHONPATH": str((checkout / "src").resolve())}
    for name in only or CASES:
        out = (folder / name).resolve()
        out.parent.mkdir(parents=True, exist_ok=True)
        if name.startswith("style-") and name != "style-train":
            out.mkdir(exist_ok=True)
        words = [word.format(data=data, out=out) for word in CASES[name]]
        if digits and name.endswith("digits"):
            words += ["--source", digits]
        print(f"{name}: triptych {' '.join(words)}", file=sys.stderr, flush=True)
        subprocess.run(
            [sys.executable, "-m", "triptych", *words, "--device", "cpu"],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="What `make` made with one checkout.")],
    after: Annotated[Path, typer.Argument(help="What it made with the other.")],
) -> None:
    """Name every file that differs or is in one folder only; exit 3 if there is any."""
    names = {path.relative_to(root) for root in (before, after) for path in _results(root)}
    differing = [name for name in sorted(names) if not _same(before / name, after / name)]
    for name in differing:
        print(f"differs: {name}")
    print(f"{len(names) - len(differing)} of {len(names)} files are the same")
    raise typer.Exit(3 if differing or not names else 0)


def _results(root: Path) -> list[Path]:
    return [
        path for path in root.rglob("*") if path.suffix in COMPARED or path.name == "metrics.json"
    ]


def _same(first: Path, second: Path) -> bool:
    if not (first.is_file() and second.is_file()):
        return False
    return _content(first) == _content(second)


def _content(path: Path) -> Any:
    """What must be the same of a file."""
    if path.suffix == ".safetensors":
        tensors = load_file(path).values()
        return sorted((values.shape, str(values.dtype), values.tobytes()) for values in tensors)
    if path.suffix == ".json":
        return _untimed(json.loads(path.read_text()))
    if path.suffix == ".csv":
        rows = [line.split(",") for line in path.read_text().splitlines()]
        timed = {place for place, column in enumerate(rows[0]) if column in TIMES}
        return [[cell for place, cell in enumerate(row) if place not in timed] for row in rows]
    return path.read_bytes()


def _untimed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _untimed(held) for key, held in value.items() if key not in TIMES}
    return [_untimed(held) for held in value] if isinstance(value, list) else value


if __name__ == "__main__":
    app()
