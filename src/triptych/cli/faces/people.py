"""`triptych faces list` and `remove`: who is in a gallery. No photo is read, so they are quick."""

from collections.abc import Sequence

from ...faces.gallery.gallery import Gallery
from .. import console


def list_people(url: str, *, tenant: str = "", json: bool) -> None:
    """Who is in a gallery."""
    summary = Gallery.info(url, tenant=tenant)
    with Gallery.open(url, encoder=summary.encoder, size=summary.size, tenant=tenant) as gallery:
        everyone = gallery.people()
    calibration = summary.calibration
    if json:
        console.print_json(
            {
                "gallery": url,
                "encoder": summary.encoder,
                "calibration": calibration and calibration.to_dict(),
                "people": [{"person": each.name, "photos": each.photos} for each in everyone],
            }
        )
        return
    title = f"{summary.people:,} people, {summary.photos:,} photos, encoder {summary.encoder}"
    console.print_table(
        title, {each.name: each.photos for each in everyone}, header=("person", "photos")
    )
    if calibration:
        print(
            f"threshold {calibration.threshold:.3f}, for a false accept rate of "
            f"{calibration.target_far:g}"
        )


def remove(names: Sequence[str], url: str, *, tenant: str = "") -> None:
    """Take people out of a gallery."""
    summary = Gallery.info(url, tenant=tenant)
    with Gallery.open(url, encoder=summary.encoder, size=summary.size, tenant=tenant) as gallery:
        for name in names:
            print(f"{name}: {gallery.remove(name)} photos removed.")
