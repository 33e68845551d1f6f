"""Faces found in photos of many, real faces pasted at known places into photographs that show none;
and single photos turned by 90, 180 and 270 degrees.

The faces are photos with one face of the subset of LFW, and crops of celeb24, which show little but
the face. The grounds come with scikit-image (needed here alone) and scikit-learn. A face is found
where a box shares more than 0.4 with its own (intersection over union); what shares less with all
of them is false. Those are counted with celeb24 only: behind people of LFW stand others.
"""

from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from triptych.faces import DETECTORS, Face, FaceDetector, load_identities
from triptych.faces.assets import CELEB24, LFW_SUBSET
from triptych.faces.detection.face import RGBImage
from triptych.frame.dependencies import package_file
from triptych.frame.errors import TriptychError
from triptych.frame.storage import images
from triptych.frame.storage.assets import Asset, fetch_or_locate

GROUNDS = (
    *("china.jpg", "flower.jpg", "coffee.png", "rocket.jpg", "grass.png", "gravel.png"),
    *("brick.png", "coins.png", "hubble_deep_field.jpg", "chelsea.png", "ihc.png"),
)
FOLDERS = {"skimage": "data", "sklearn": "datasets/images"}
SCENES = (  # height, width, narrowest and widest face in pixels, faces
    *((960, 1280, 20, 60, 20), (1500, 2000, 24, 120, 30), (3000, 4000, 45, 200, 40)),
    *((3000, 4000, 30, 45, 40), (4000, 6000, 60, 300, 50), (4000, 6000, 75, 80, 60)),
)
SAME_IOU = 0.4
TURNS = ((0, 0), (1, 90), (2, 180), (3, 270))  # counter-clockwise; degrees that put it right

Portrait = tuple[RGBImage, Face]


def detection(scenes: Sequence[tuple[int, ...]] = SCENES) -> list[dict[str, Any]]:
    """A row for each detector and size of scene, and for each turn."""
    rows = []
    for name, kind in DETECTORS.items():
        try:
            lfw, celeb24 = (_photos(asset) for asset in (LFW_SUBSET, CELEB24))
            detector, strict = kind(), kind(score=0.3, smallest_face=10)
        except TriptychError as error:
            rows.append({"detector": name, "work": "left out", "why": str(error)})
            continue
        for source, photos in (("LFW", lfw), ("celeb24", celeb24[::10])):
            seen = [(photo, strict.detect(photo)) for photo in photos]
            portraits = [(photo, faces[0]) for photo, faces in seen if len(faces) == 1]
            for scene in scenes:
                row = _scenes_row(name, detector, portraits, *scene)
                row["false"] = row["false"] if source == "celeb24" else ""
                rows.append({"faces of": source, **row})
        rows += [{"faces of": "LFW", **_turned_row(name, detector, lfw, *turn)} for turn in TURNS]
    return rows


def _photos(asset: Asset) -> list[RGBImage]:
    return [images.read(photo.bytes()) for photo in load_identities(fetch_or_locate(asset)).photos]


def paste(
    chance: np.random.Generator, portraits: Sequence[Portrait], ground: RGBImage, sizes: np.ndarray
) -> tuple[RGBImage, np.ndarray]:
    """A scene, and the boxes of the faces in it, (N, 4).

    Parameters:
        chance: of faces and places.
        portraits: photos with the one face each has.
        ground: what they are pasted on.
        sizes: widths of the faces, in pixels.
    """
    scene, boxes, taken = ground.copy(), [], []
    for size in sorted(sizes, reverse=True):
        photo, face = portraits[int(chance.integers(len(portraits)))]
        scale = size / (face.right - face.left)
        side = round(len(photo) * scale)
        for _ in range(100):
            top, left = chance.integers(0, np.array(scene.shape[:2]) - side + 1).tolist()
            if all(
                abs(top - y) >= max(side, s) or abs(left - x) >= max(side, s) for y, x, s in taken
            ):
                taken.append((top, left, side))
                scene[top : top + side, left : left + side] = images.resize(photo, side, side)
                boxes.append(np.array(face.box) * scale + [left, top, left, top])
                break
    return scene, np.array(boxes)


def _scenes_row(
    name: str, detector: FaceDetector, portraits: Sequence[Portrait], *scene: int
) -> dict[str, Any]:
    height, width, narrowest, widest, count = scene
    chance = np.random.default_rng(1)
    known = found = false = 0
    seconds = 0.0
    grounds = [images.resize(images.read(path), height, width) for path in _grounds()]
    for ground in grounds:
        sizes = np.exp(chance.uniform(np.log(narrowest), np.log(widest), count))
        picture, boxes = paste(chance, portraits, ground, sizes)
        start = process_time()
        faces = detector.detect(picture)
        seconds += process_time() - start
        same = _overlaps(boxes, np.array([face.box for face in faces]).reshape(-1, 4)) > SAME_IOU
        known, found = known + len(boxes), found + int(same.any(1).sum())
        false += int((~same.any(0)).sum())
    return {
        "detector": name,
        "work": f"{len(grounds)} scenes {width}×{height}, faces {narrowest} to {widest}",
        "right": f"{found} of {known}",
        "false": false,
        "CPU s a photo": round(seconds / len(grounds), 2),
    }


def _turned_row(
    name: str, detector: FaceDetector, photos: Sequence[RGBImage], turns: int, degrees: int
) -> dict[str, Any]:
    turned = [np.ascontiguousarray(np.rot90(photo, turns)) for photo in photos]
    start = process_time()
    seen = [detector.detect(photo) for photo in turned]
    seconds = process_time() - start
    right = sum(bool(faces) and faces[0].turn == degrees for faces in seen)
    return {
        "detector": name,
        "work": f"photos to be turned by {degrees}°",
        "right": f"{right} of {len(photos)}",
        "false": "",
        "CPU s a photo": round(seconds / len(photos), 3),
    }


def _grounds() -> list[Path]:
    paths = (
        package_file(package, f"{folder}/{name}")
        for name in GROUNDS
        for package, folder in FOLDERS.items()
    )
    return [path for path in paths if path]


def _overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes: [i, j] is that of first i and second j."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (first, second)]
    return shared / (areas[0][:, None] + areas[1][None] - shared)
