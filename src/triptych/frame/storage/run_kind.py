"""Which kind of run a folder holds: for errors that say what was expected and what was found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RunError

RECORD, DESCRIPTION, WEIGHTS = "run.json", "model.json", "model.safetensors"
FOREIGN = (".pth", ".pt", ".t7", ".ckpt", ".onnx", ".safetensors", ".h5", ".keras", ".bin", ".pkl")


@dataclass(frozen=True)
class RunKind:
    """A kind of run.

    Parameters:
        command: what makes it.
        use: what serves it, in a sentence without its end; {folder} stands for the run.
        remedy: what to do where such a run is missing, a sentence.
        panel: what its model.json calls its panel, if it does.
    """

    command: str
    use: str
    remedy: str
    panel: str = ""

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"a run of `{self.command}`"


MULTITASK = RunKind(
    "triptych train",
    "`triptych predict {folder} IMAGES` and `triptych evaluate {folder}` use it",
    "Train one: triptych train DATASET.",
)
FACES = RunKind(
    "triptych faces train",
    "`triptych faces` uses it with --encoder {folder}",
    "Train one: triptych faces train FOLDER.",
    panel="faces",
)
FAST_STYLE = RunKind(
    "triptych style train",
    "`triptych style apply {folder} IMAGES --out FOLDER` paints with it",
    "Train one for the style: triptych style train STYLE PHOTOS.",
    panel="style",
)
PAINTING = RunKind(
    "triptych style paint",
    "it holds an image, {folder}/picture.png, to be copied, and no network; "
    "`triptych style paint --from {folder}` paints on from it",
    "Paint one: triptych style paint CONTENT STYLE --run FOLDER.",
)


def identify(folder: Path) -> RunKind | None:
    """The kind of run in a folder; None where it is none, or cannot be told."""
    record, description = _read_json(folder / RECORD), _read_json(folder / DESCRIPTION)
    if "painting" in record:
        return PAINTING
    if "fast" in record or description.get("panel") == "style":
        return FAST_STYLE
    if "triplets" in record or description.get("panel") == "faces":
        return FACES
    if "plan" in record or "heads" in description:
        return MULTITASK
    return None


def check_kind(folder: Path, expected: RunKind) -> None:
    """Raise RunError where a folder holds a run of another kind: with both, and what serves it.

    Parameters:
        folder: of the run.
        expected: the kind it should be.
    """
    found = identify(folder)
    if found and found is not expected:
        raise RunError(
            f"Expected {expected.name}, but {folder} is {found.name}: "
            f"{found.use.format(folder=folder)}. {expected.remedy}"
        )


def missing_network_error(folder: Path, expected: RunKind, reason: str) -> RunError:
    """The error for a folder without a network that triptych trained: it says what is there.

    Parameters:
        folder: what was named as a run.
        expected: the kind of run.
        reason: why its model.json or its weights cannot be read.
    """
    start = f"Expected a finished {expected.name.removeprefix('a ')}"
    if folder.is_file():
        what = _foreign(folder) or "no run"
        return RunError(f"{start}, a folder, got the file {folder}: {what}. {_do(expected)}")
    if not folder.is_dir():
        return RunError(f"{start}, but there is no folder {folder}. Check its path.")
    if (folder / RECORD).exists():
        return RunError(
            f"{start}, but the one in {folder} has not ended ({reason}). Go on with it: "
            f"`{expected.command} … --resume`."
        )
    own = (folder / DESCRIPTION).exists()
    networks = [] if own else [path for path in sorted(folder.iterdir()) if _foreign(path)]
    if networks:
        there = f"{networks[0].name} is {_foreign(networks[0])}"
        return RunError(f"{start}, but {folder} is none: {there}. {_do(expected)}")
    return RunError(f"{start}, but {folder} is none ({reason}). {_do(expected)}")


def foreign_description_error(path: Path, expected: RunKind) -> RunError:
    """The error for a model.json that another program wrote.

    Parameters:
        path: of the file.
        expected: the kind of run.
    """
    return RunError(
        f"Expected {expected.name}, but {path} was not written by triptych: it is a network of "
        f"another program. {_do(expected)}"
    )


def _do(expected: RunKind) -> str:
    return f"triptych reads only networks it trained. {expected.remedy}"


def _foreign(path: Path) -> str:
    """What a file is that may be a network of another program; empty for others."""
    if path.suffix.lower() not in FOREIGN or not path.is_file():
        return ""
    return f"a network of another program ({path.suffix.lower()})"


def _read_json(path: Path) -> Mapping[str, Any]:
    """What a file holds; nothing where there is none, or it is damaged."""
    try:
        facts = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}
