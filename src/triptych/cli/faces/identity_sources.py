"""People from folders, as the commands of `triptych faces` read them: what was joined is told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...faces.photos.identity_folder import IdentityFolder
from ...faces.photos.identity_sources import load_sources, merge_identities
from .. import console


def load_people(
    sources: Sequence[Path], *, name: str = "", person_folder: str = "auto"
) -> list[IdentityFolder]:
    """The people in folders, each for itself; what was joined and left out is told on stderr.

    Parameters:
        sources: as `load_sources` takes them.
        name: whose photos they all are, if one person's.
        person_folder: as `load_identities` takes it.
    """
    folders = load_sources(sources, name=name, person_folder=person_folder)
    joined = merge_identities(folders)
    console.log_left_out(joined.left_out)
    for note in joined.notes:
        console.log(f"note: {note}")
    return folders


def unread(folders: Sequence[IdentityFolder]) -> dict[str, Any]:
    """What JSON answers say of folders beside their photos."""
    joined = merge_identities(folders)
    return {"left_out": [each.to_dict() for each in joined.left_out], "notes": list(joined.notes)}
