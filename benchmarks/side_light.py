"""Encoders on faces under strong side light: `python -m benchmarks.side_light FOLDER ENCODER …`.

Two of three photos are lit from a side anew: one half of the face keeps its light, the other falls
to between a third and a twentieth of it, as linear light, with a smooth edge and a camera's noise.
Which photos, from where and how strongly follows from a seed, so that all encoders see the same.
"""

import sys

import numpy as np

from triptych.faces import FacePipeline, YuNet, load_encoder, load_identities
from triptych.faces.detection.face import Face, RGBImage
from triptych.faces.metrics.pairs import sample_pairs
from triptych.faces.metrics.verification import evaluate_verification
from triptych.frame.storage.images import as_image

SHARE = 2 / 3  # of photos that are lit anew
FALL = (1.1, 3.0)  # natural logarithms: the dark side's light over the bright one's
TILT = 0.5  # radians: how far the edge is turned from upright, at most
EDGE = 4.0  # steepness, in 1 / distance between the eyes
GAMMA, NOISE = 2.2, 2.0  # of the camera; grey levels


def light_from_side(image: RGBImage, face: Face, chance: np.random.Generator) -> RGBImage:
    """The photo with its light changed, or as it was.

    Parameters:
        image: uint8, (height, width, channels).
        face: in it, around which the edge lies.
        chance: decides whether, from where and how strongly.
    """
    lit, fall = chance.random() < SHARE, chance.uniform(*FALL)
    side, tilt = chance.choice([-1, 1]), chance.uniform(-TILT, TILT)
    if not lit:
        return image
    right, left = face.landmarks[:2]
    eyes = float(np.linalg.norm(left - right))
    middle = face.landmarks.mean(0)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    across = (columns - middle[0]) / eyes * np.cos(tilt) + (rows - middle[1]) / eyes * np.sin(tilt)
    light = np.exp(-fall / (1 + np.exp(-EDGE * side * across)))[..., None]
    linear = (image / 255.0) ** GAMMA * light
    noisy = 255 * linear ** (1 / GAMMA) + chance.normal(0, NOISE, image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def main(folder: str, encoders: list[str]) -> None:
    """Print accuracy and equal error rate of each encoder, without and with side light.

    Parameters:
        folder: of people.
        encoders: their names.
    """
    identities, detector = load_identities(folder), YuNet()
    plain = [as_image(photo.bytes(), name=photo.name) for photo in identities.photos]
    pairs = sample_pairs([photo.person for photo in identities.photos], folds=10, seed=0)
    lit = []
    for number, image in enumerate(plain):
        faces = detector.detect(image)
        chance = np.random.default_rng([0, number])
        lit.append(light_from_side(image, faces[0], chance) if faces else image)
    for name in encoders:
        pipeline = FacePipeline(load_encoder(name), faces="largest")
        for light, photos in (("as it is", plain), ("side light", lit)):
            result = pipeline.embed(photos).embeddings
            vectors = np.full((len(photos), pipeline.encoder.dim), np.nan, np.float32)
            vectors[[int(photo.split()[1]) - 1 for photo in result.photos]] = result.vectors
            metrics = evaluate_verification(pairs.distances(vectors), pairs).metrics()
            print(
                f"{folder} {name} {light}: accuracy {metrics['accuracy']:.4f}, "
                f"eer {metrics['eer']:.4f}, refused {len(photos) - len(result)}"
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
