"""Take the turn of EXIF away from pictures that were annotated as they are stored."""

from io import BytesIO
from struct import error as StructError
from struct import pack_into, unpack_from

from PIL import Image

from ....frame.storage.decoding.decode import ORIENTATION, readable_formats, without_warnings
from ....frame.storage.decoding.header import Header, header_of

UPRIGHT = 1
EXIF = b"Exif\0\0"  # before its TIFF header, in a JPEG
ENTRY = 12  # bytes of an entry of TIFF


def as_annotated(content: bytes, size: tuple[int | None, int | None]) -> bytes:
    """The bytes of a picture that shows to any tool what its annotation sees.

    Where the annotation's size is that of the picture before EXIF turns it, the turn is taken away:
    of a JPEG by two bytes, so that its pixels stay as they are; others are saved anew, losslessly.

    Parameters:
        content: of the file.
        size: width and height that the annotation states.
    """
    header = _header(content)
    if header is None or size == header.upright or size != (header.width, header.height):
        return content
    changed = _patched(content)
    after = _header(changed)
    return changed if after and after.orientation == UPRIGHT else _saved_anew(content)


def _header(content: bytes) -> Header | None:
    try:
        with without_warnings(), Image.open(BytesIO(content), formats=readable_formats()) as image:
            return header_of(image)
    except Exception:  # Pillow meets damage with any error
        return None


def _patched(content: bytes) -> bytes:
    """A JPEG whose EXIF says that it is upright; the same bytes where that cannot be found."""
    tiff = content.find(EXIF) + len(EXIF)
    if not content.startswith(b"\xff\xd8") or tiff < len(EXIF):
        return content
    order = "<" if content[tiff : tiff + 2] == b"II" else ">"
    changed = bytearray(content)
    try:
        (start,) = unpack_from(f"{order}I", content, tiff + 4)
        (count,) = unpack_from(f"{order}H", content, tiff + start)
        for entry in range(tiff + start + 2, tiff + start + 2 + count * ENTRY, ENTRY):
            (tag,) = unpack_from(f"{order}H", content, entry)
            if tag == ORIENTATION:
                pack_into(f"{order}H", changed, entry + 8, UPRIGHT)
    except StructError:  # it ends before
        return content
    return bytes(changed)


def _saved_anew(content: bytes) -> bytes:
    with without_warnings(), Image.open(BytesIO(content), formats=readable_formats()) as image:
        kind, exif = image.format, image.getexif()
        exif[ORIENTATION] = UPRIGHT
        out = BytesIO()
        image.save(out, kind, exif=exif, lossless=True, quality=100)
    return out.getvalue()
