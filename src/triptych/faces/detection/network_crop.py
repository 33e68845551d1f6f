"""A face, or an image as a whole, cut to what a network reads."""

from .aligned_crop import crop_aligned
from .alignment import align_face, convert_channels, resize_whole
from .face import Crop, Landmarks, RGBImage
from .template import LandmarkTemplate


def network_crop(
    image: RGBImage,
    landmarks: Landmarks | None,
    template: LandmarkTemplate | None,
    shape: tuple[int, int, int],
) -> Crop:
    """What a network reads of an image.

    Parameters:
        image: uint8, (height, width, 1 or 3).
        landmarks: (5, 2), in pixels of the image; None where it is aligned already.
        template: where they are to lie in the crop; None where the image is taken whole.
        shape: height and width of the crop, in pixels, and 1 channel for grey or 3 for RGB.

    Raises FaceError for landmarks in one point.
    """
    if template is None:
        return resize_whole(image, *shape)
    if landmarks is None:
        return convert_channels(crop_aligned(image, template), shape[2])
    return convert_channels(align_face(image, landmarks, template), shape[2])
