#!/usr/bin/env bash
# scikit-image 0.26.0: exposure.equalize_adapthist (CLAHE) of a flat image, such as a blank page.
#
# Expected: a flat image stays about as light as it is: there is no contrast to be equalized.
#   OpenCV 5.0.0.93's CLAHE moves 0, 77, 128, 255 to 8, 84, 135, 255.
# Seen: 1.0, pure white, whatever it was: a black image comes out white. One pixel that differs is
#   enough to bring another answer. No warning.
# Way round: leave an image as it is where image.min() == image.max().
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-image==0.26.0 opencv-python-headless==5.0.0.93
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import cv2
import numpy as np
from skimage.exposure import equalize_adapthist

print("scikit-image", version("scikit-image"), "OpenCV", version("opencv-python-headless"))
results = {}
for value in (0, 77, 128, 255):
    flat = np.full((64, 64), value, np.uint8)
    one_pixel = flat.copy()
    one_pixel[0, 0] = value ^ 1
    results[value] = np.unique(equalize_adapthist(flat)).tolist()
    opencv = np.unique(cv2.createCLAHE(2.0, (8, 8)).apply(flat)).tolist()
    nearly = float(np.median(equalize_adapthist(one_pixel)))
    print(f"flat {value:3} of 255: scikit-image {results[value]} of 1, OpenCV {opencv} of 255; ", end="")
    print(f"with one pixel changed, scikit-image's median is {nearly:.3f}")
assert all(result == [1.0] for result in results.values()), "changed: flat images are no longer white"
PYTHON
