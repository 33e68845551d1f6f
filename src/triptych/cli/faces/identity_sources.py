"""People from folders, as the commands of `triptych faces` read them: what was joined is told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...faces.photos.identity_folder import IdentityFolder
from ...faces.photos.identity_sources import load_sources
from .. import console


def load_people(
    sources: Sequence[Path], *, name: str = "", person_folder: str = "auto"
) -> IdentityFolder:
    """The people in folders; what was joined and what is left out is told on stderr.

    Parameters:
        sources: as `load_sources` takes them.
        name: whose photos they all are, if one person's.
        person_folder: as `load_identities` takes it.
    """
    identities = load_sources(sources, name=name, person_folder=person_folder)
    console.log_left_out(identities.left_out)
    for note in identities.notes:
        console.log(f"note: {note}")
    return identities


def unread(identities: IdentityFolder) -> dict[str, Any]:
    """What JSON answers say of folders beside their photos."""
    others = [each.to_dict() for each in identities.left_out]
    return {"left_out": others, "notes": list(identities.notes)}
