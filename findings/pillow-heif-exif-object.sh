#!/usr/bin/env bash
# pillow-heif 1.8.1 (Pillow 13.0.0): save(file, "HEIF", exif=E) where E is a PIL.Image.Exif object.
#
# Expected: an image of 64×32 pixels with EXIF orientation 6 is shown as 32×64, as it is where the
#   same EXIF is given as bytes, and as PNG, JPEG and WebP keep it for ImageOps.exif_transpose.
# Seen: with the object, the form Pillow's own documentation uses, no rotation ("irot") is written.
#   The file opens as 64×32, on its side, with orientation 1; no error, no warning.
# Why: the keyword replaces the bytes that were made of it, and the orientation is looked up in bytes.
# Way round: exif=E.tobytes(), or turn the pixels first with ImageOps.exif_transpose.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow-heif==1.8.1 pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
from importlib.metadata import version

import pillow_heif
from PIL import Image, ImageOps

pillow_heif.register_heif_opener()
exif = Image.Exif()
exif[0x0112] = 6  # Orientation: turn by 90° to the right to show it


def written(kind, value):
    file = io.BytesIO()
    Image.new("RGB", (64, 32), "white").save(file, kind, exif=value)
    return file


print("pillow-heif", version("pillow-heif"), "pillow", version("pillow"))
sizes = {}
for name, kind, value in (
    ("HEIF, exif as bytes", "HEIF", exif.tobytes()),
    ("HEIF, exif as object", "HEIF", exif),
    ("PNG, exif as object", "PNG", exif),
    ("JPEG, exif as object", "JPEG", exif),
):
    file = written(kind, value)
    shown = ImageOps.exif_transpose(Image.open(file)).size
    sizes[name] = shown
    print(f"{name:22} shown as {shown}; rotation written: {b'irot' in file.getvalue()}")
assert sizes["HEIF, exif as bytes"] == (32, 64)
assert sizes["PNG, exif as object"] == sizes["JPEG, exif as object"] == (32, 64)
assert sizes["HEIF, exif as object"] == (64, 32), "changed: the orientation is no longer lost"
PYTHON
