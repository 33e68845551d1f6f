"""`triptych faces list` and `remove`: who is in a gallery. No photo is read, so they are quick."""

from collections.abc import Sequence

from ...faces.gallery.gallery import Gallery
from .. import console


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
    if len(recipes) > 1 or any(each.settings is None for each in recipes):
        print(f"photos were read in {len(recipes)} ways (--json tells them): enroll them again")
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
