"""Photos turned into encodings: photos a second, beside the same steps called one photo at a time.

Both read, find, align and encode the same photos with the same parts, and take turns; the median of
each and of the ratios is told. OpenCV and the networks use several cores for a single photo too, so
what the reader gains is what threads and batches add to that. Then the encoders alone, by the
number of crops they are handed at once. Photos of twelve million pixels are made of the same ones:
of those the reader decodes no more than their faces ask for.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from statistics import median
from typing import Any

import numpy as np
import torch
from PIL import Image

from triptych.faces import Encoder, FaceDetector, FacePipeline, load_encoder, load_identities
from triptych.faces.assets import LFW_SUBSET
from triptych.faces.detection.alignment import align_face, convert_channels
from triptych.faces.detection.quality import QualityThresholds, select_faces
from triptych.faces.detectors.yunet import YuNet
from triptych.faces.encoders._encoder import Crops
from triptych.faces.photos.identity_folder import ImageFile
from triptych.faces.recognition.pipeline import BATCH
from triptych.frame.errors import ImageError, TriptychError
from triptych.frame.storage import images
from triptych.frame.storage.assets import fetch_or_locate

from .gallery import timed

HANDED = (8, 32, 128)  # crops an encoder is given at once
POLICY = "largest"
LARGE = 16  # photos of twelve million pixels
SMALL_PHOTOS = "find, align, encode"
LARGE_PHOTOS = "find, align, encode, of 12 million pixels"


def encoding(
    source: str | None,
    rounds: int,
    *,
    encoders: Mapping[str, Encoder] | None = None,
    finder: FaceDetector | None = None,
) -> list[dict[str, Any]]:
    """Rows for each encoder: the whole way by the reader, then crops alone. `source` is a folder
    of people, by default the subset of LFW; where photos or networks are not at hand, one row says
    so."""
    try:
        photos = load_identities(source or fetch_or_locate(LFW_SUBSET)).photos
        encoders, by_hand = encoders or twins(), finder or YuNet()
    except TriptychError as error:
        return [{"work": "left out", "why": str(error)}]
    rows = []
    large = [enlarged(photo) for photo in photos[:LARGE]]
    for name, encoder in encoders.items():
        reader = FacePipeline(encoder, detector=finder, faces=POLICY)
        crops = reader.embed(photos, keep_crops=True).crops
        assert crops is not None
        single(photos[:1], encoder, by_hand)
        for work, some in ((SMALL_PHOTOS, photos), (LARGE_PHOTOS, large)):
            rows.append(
                compared(
                    (work, name, BATCH),
                    len(some),
                    lambda reader=reader, some=some: reader.embed(some),
                    lambda encoder=encoder, some=some: single(some, encoder, by_hand),
                    rounds,
                )
            )
        rows += [batched(name, encoder, crops, size, rounds) for size in HANDED if len(crops)]
    return rows


def enlarged(photo: ImageFile) -> ImageFile:
    """A JPEG of 3000 × 4000 pixels with the photo in its middle, and noise as cameras have it."""
    canvas = np.full((3000, 4000, 3), 110, np.int16)
    canvas[300:2700, 800:3200] = images.resize(images.read(photo.bytes()), 2400, 2400)
    canvas += np.random.default_rng(0).integers(-8, 9, canvas.shape[:2], np.int16)[..., None]
    packed = BytesIO()
    Image.fromarray(canvas.clip(0, 255).astype(np.uint8)).save(packed, "JPEG", quality=90)
    return replace(photo, content=packed.getvalue())


def twins() -> dict[str, Encoder]:
    """The pretrained encoder in ONNX and in PyTorch, on the processor and on a GPU if any."""
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    held = {f"torch, {kind}": load_encoder("mobilefacenet:torch", device=kind) for kind in devices}
    return {"onnx, cpu": load_encoder("mobilefacenet:onnx"), **held}


def single(photos: Sequence[ImageFile], encoder: Encoder, finder: FaceDetector) -> None:
    """What one would write by hand: every step for one photo, then for the next."""
    assert encoder.template is not None
    for photo in photos:
        with suppress(ImageError):
            pixels = images.read(photo.bytes())
            face = select_faces(
                pixels, finder.detect(pixels), POLICY, QualityThresholds(), photo.name
            )[0]
            crop = align_face(pixels, face.landmarks, encoder.template)
            encoder.encode(convert_channels(crop, encoder.channels)[None])


def batched(name: str, encoder: Encoder, crops: Crops, size: int, rounds: int) -> dict[str, Any]:
    """An encoder handed `size` crops at once, and one at a time."""
    some = np.resize(crops, (size, *crops.shape[1:]))  # repeated where there are fewer
    encoder.encode(some)
    return compared(
        ("encode crops", name, size),
        size,
        lambda: encoder.encode(some),
        lambda: [encoder.encode(crop[None]) for crop in some],
        rounds,
    )


def compared(
    about: tuple[str, str, int],
    count: int,
    together: Callable[[], object],
    alone: Callable[[], object],
    rounds: int,
) -> dict[str, Any]:
    """Photos a second of both ways, in turns."""
    pairs = [(count / timed(together), count / timed(alone)) for _ in range(rounds)]
    work, encoder, size = about
    return {
        "work": work,
        "encoder": encoder,
        "at a time": size,
        "photos/s": round(median(pair[0] for pair in pairs), 1),
        "one at a time photos/s": round(median(pair[1] for pair in pairs), 1),
        "ratio": round(median(pair[0] / pair[1] for pair in pairs), 2),
    }
