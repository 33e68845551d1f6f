"""Crops of images that are aligned already, for encoders whose landmarks lie elsewhere."""

import numpy as np

from .alignment import align_face, center_crop
from .face import Crop, RGBImage
from .template import LandmarkTemplate, scaled_template

SAME = 1e-3  # pixels: templates no further apart are one


def crop_aligned(image: RGBImage, template: LandmarkTemplate) -> Crop:
    """The face of an aligned image as the template wants it.

    Aligned images have the landmarks where ArcFace's crops have them (Deng et al. 2019), at any
    size, in their middle. For a template that has them there too the image is only resized and
    cut; for another the face is moved and scaled.

    Parameters:
        image: uint8, (height, width, channels).
        template: size of the crop, and where the landmarks are to lie in it.
    """
    usual = scaled_template(template.height, template.width)
    if np.allclose(usual.points, template.points, atol=SAME):
        return center_crop(image, template)
    landmarks = np.array(scaled_template(*image.shape[:2]).points, np.float32)
    return align_face(image, landmarks, template)
