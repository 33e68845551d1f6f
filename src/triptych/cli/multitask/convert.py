"""`triptych data convert`: annotated pictures in the format of another tool."""

from pathlib import Path

from .. import console

SHOWN = 10  # pictures that are left out, named


def convert_set(source: Path, to: str, out: Path, format: str | None) -> None:
    """Write annotated pictures in another format, and tell what it cannot hold.

    Parameters:
        source: a folder or an annotation file.
        to: the format that is written.
        out: a new or empty folder.
        format: of the source; None to tell it by what lies there.
    """
    from ...multitask.annotated.conversion import convert

    with console.progress_bar() as progress:
        done = convert(source, to, out, format, progress=progress)
    for line in done.left_out[:SHOWN]:
        console.log(f"left out: {console.printable(line)}")
    if len(done.left_out) > SHOWN:
        console.log(f"… and {len(done.left_out) - SHOWN:,} more are left out.")
    for line in done.lost:
        console.log(f"not held by {to}: {line}")
    if done.problems:
        console.log(
            f"{done.problems:,} entries were left out as they were read: triptych data check "
            f"{source} tells them."
        )
    console.log(f"Written: {out} ({done.images:,} pictures as {to})")
