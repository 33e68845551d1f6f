"""What `triptych faces encoders` does: tell what there is, and fetch it."""

from collections.abc import Sequence
from typing import Any

from ...faces.encoders import ENCODERS
from ...faces.encoders._build import PREFERRED, default_encoder
from ...faces.encoders._encoder import Encoder
from ...frame.registry import unknown_name_error
from .. import console


def list_encoders(name: str | None, *, json: bool) -> None:
    """Print what there is to know of encoders that come with triptych, or are installed beside it.

    Parameters:
        name: of one of them; None for all.
        json: whether as JSON.

    Raises UnknownNameError.
    """
    rows = [_described(each, encoder) for each, encoder in _listed(name)]
    default = default_encoder()
    if json:
        console.print_json({"default": default, "encoders": rows})
        return
    for row in rows:
        note = ", the default here" if row["name"] == default else ""
        at_hand = "at hand" if row["at_hand"] else f"not here; {row['install']}"
        accuracy = ", ".join(f"{photos} {value:.4f}" for photos, value in row["accuracy"].items())
        facts = {
            "state": at_hand + note,
            "numbers a face": row["numbers"],
            "licence": row["licence"],
            "accuracy": accuracy or "not measured",
            "source": row["source"],
        }
        console.print_table(row["name"], facts, header=("", ""), words=True)
    if name is None:
        console.log("Besides these: a run folder of `triptych faces train`, or an ONNX file.")


def fetch_encoder(name: str | None) -> None:
    """Bring an encoder's files onto this machine.

    Parameters:
        name: by default the first of those that are free.

    Raises UnknownNameError, AssetNotFoundError, DataError or WriteError.
    """
    ((name, encoder),) = _listed(name or PREFERRED[0])
    with console.progress_bar() as progress:
        paths = encoder.fetch(progress)
    for path in paths:
        console.log(f"{name}: {path} ({path.stat().st_size / 1e6:.1f} MB)")
    if encoder.info and paths:
        console.log(f"Licence: {encoder.info.licence}")


def _listed(name: str | None) -> Sequence[tuple[str, type[Encoder]]]:
    known = [(each, encoder) for each, encoder in ENCODERS.items() if encoder.info]
    chosen = [(each, encoder) for each, encoder in known if name in (None, each)]
    if not chosen:
        raise unknown_name_error(str(name), [each for each, _ in known], "encoder")
    return chosen


def _described(name: str, encoder: type[Encoder]) -> dict[str, Any]:
    assert encoder.info
    return {
        "name": name,
        "at_hand": encoder.is_available(),
        "numbers": encoder.dim,
        "fingerprint": encoder.fingerprint,
        **encoder.info.to_dict(),
    }
