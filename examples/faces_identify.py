"""Who is in these photos? People are enrolled with a photo each, strangers stay unknown.

    python examples/faces_identify.py team/ photo.jpg other.jpg

`team/` holds a folder for each person: `team/Ann/1.jpg`, `team/Bob/1.jpg`. Enrolling it again
changes nothing, and adds only photos that are new.
"""

from pathlib import Path

import typer

from triptych import faces


def main(
    folder: Path,
    photos: list[Path],
    gallery: str = "people.db",  # or postgresql://…
    encoder: str = "mobilefacenet",
    threshold: float | None = None,
    templates: bool = True,  # compare with the mean of a person's photos, or with each
) -> None:
    """Enroll the folder, then name everybody in the photos."""
    held = faces.load_encoder(encoder)
    marks = {"encoder": held.fingerprint, "size": held.dim}
    with faces.Gallery.open(gallery, **marks, create=True) as place:
        done = faces.enroll(folder, place, pipeline=faces.FacePipeline(held, faces="one"))
        print(f"{done.people} people, {done.added} photos added, {done.known} known before")

        reader = faces.FacePipeline(held, faces="all")
        rule = {"top": 2, "threshold": threshold, "templates": templates}
        found = faces.identify(photos, place, pipeline=reader, **rule)
    for identity in found.identities:
        near = ", ".join(f"{each.person} {each.distance:.3f}" for each in identity.candidates)
        print(f"{identity.photo}: {identity.person or 'unknown'} (nearest: {near})")
    for refused in (*done.refused, *found.refused):
        print(f"refused: {refused.photo}: {refused.reason}")


if __name__ == "__main__":
    typer.run(main)
