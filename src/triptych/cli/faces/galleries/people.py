"""`triptych faces list` and `remove`: who is in a gallery. No photo is read, so they are quick."""

from collections.abc import Sequence

from ....faces.gallery.gallery import Gallery
from ... import console


def list_people(url: str, *, tenant: str = "", json: bool) -> None:
    """Who is in a gallery."""
    summary = Gallery.info(url, tenant=tenant)
    with Gallery.open(url, tenant=tenant) as gallery:
        everyone, recipes = gallery.people(), gallery.recipes()
    calibration = summary.calibration
    if json:
        console.print_json(
            {
                "gallery": url,
                "encoder": summary.encoder,
                "calibration": calibration and calibration.to_dict(),
                "recipes": [each.to_dict() for each in recipes],
                "people": [{"person": each.name, "photos": each.photos} for each in everyone],
            }
        )
        return
    title = f"{summary.people:,} people, {summary.photos:,} photos, encoder {summary.encoder}"
    console.print_table(
        title, {each.name: each.photos for each in everyone}, header=("person", "photos")
    )
    unknown = sum(each.photos for each in recipes if each.settings is None)
    if unknown:
        print(f"{unknown:,} photos: not known how they were read; enrolled again, they are renewed")
    if len(recipes) - bool(unknown) > 1:
        print("photos were read by several options (--json tells them): enroll them all by one")
    if calibration:
        print(
            f"threshold {calibration.threshold:.3f}, for a false accept rate of "
            f"{calibration.target_far:g}"
        )


def remove(names: Sequence[str], url: str, *, tenant: str = "") -> None:
    """Take people out of a gallery."""
    with Gallery.open(url, tenant=tenant) as gallery:
        for name in names:
            print(f"{name}: {gallery.remove(name)} photos removed.")
