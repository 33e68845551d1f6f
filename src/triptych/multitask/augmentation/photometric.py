"""Other light, other colors, a lens out of focus, a grainy sensor."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.rng import CounterRNG
from .config import AugmentationConfig

Images = Float[Tensor, "batch channels height width"]

# luma and the two color differences of NTSC, the rows of which sum to 1, 0, 0
YIQ = ((0.299, 0.587, 0.114), (0.596, -0.274, -0.322), (0.211, -0.523, 0.312))
LUMA = YIQ[0]
BRIGHTEST = 0.8  # mean luma up to which images are made brighter
MIN_SIGMA = 0.3  # pixels: a narrower blur changes nothing
BYTE_STD = math.sqrt((256**2 - 1) / 12)  # standard deviation of a random byte


def random_color(images: Images, config: AugmentationConfig, rng: CounterRNG) -> Images:
    """Brightness, contrast, saturation and hue, all in one linear map of each image's colors.

    Brightness scales all values, but does not raise their mean above `BRIGHTEST`, where much would
    become white; contrast their distance from the image's mean luma, saturation
    the distance of a color from its own luma; hue turns colors about the axis of greys, in YIQ.
    Images of other than three channels have no saturation and hue.

    Parameters:
        images: 0 … 1; three channels are RGB.
        config: how far.
        rng: one stream for each image.
    """
    channels = images.unbind(1)
    means = torch.stack([channel.mean((1, 2)) for channel in channels], 1)
    weights = LUMA if len(channels) == 3 else [1 / len(channels)] * len(channels)
    mean = (means * torch.tensor(weights, device=images.device)).sum(1)
    brightest = (BRIGHTEST / mean.clamp(min=1e-3)).clamp(1, 1 + config.brightness)
    brightness = brightest - rng.uniform("augment brightness") * (
        brightest - (1 - config.brightness)
    )
    contrast, saturation = (
        1 + rng.uniform(f"augment {name}", low=-1) * getattr(config, name)
        for name in ("contrast", "saturation")
    )
    degrees = rng.uniform("augment hue", low=-config.hue, high=config.hue)
    saturation = saturation * ~rng.bernoulli("augment grey", config.grey)
    gain = (brightness * contrast)[:, None, None]
    if len(channels) == 3:
        matrix = color_matrix(saturation, degrees) * gain
    else:
        matrix = torch.eye(len(channels), device=images.device) * gain
    offset = mean * (brightness * (1 - contrast))
    return _mapped(images, matrix, offset)


def color_matrix(
    saturation: Float[Tensor, " batch"], degrees: Float[Tensor, " batch"]
) -> Float[Tensor, "batch 3 3"]:
    """The matrix for RGB that keeps luma and greys.

    Parameters:
        saturation: factor of the distance from grey.
        degrees: by which colors are turned in the plane of I and Q.
    """
    to_yiq = torch.tensor(YIQ, dtype=torch.float64)
    from_yiq = to_yiq.inverse()
    turn = torch.tensor([[0.0, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=torch.float64)
    luma = from_yiq[:, :1] @ to_yiq[:1]
    parts = (luma, from_yiq[:, 1:] @ to_yiq[1:], from_yiq @ turn @ to_yiq)
    grey, chroma, turned = (part.float().to(saturation.device) for part in parts)
    angle = degrees.deg2rad()
    along, across = ((saturation * share)[:, None, None] for share in (angle.cos(), angle.sin()))
    return grey + along * chroma + across * turned


def _mapped(
    images: Images,
    matrix: Float[Tensor, "batch channels channels"],
    offset: Float[Tensor, " batch"],
) -> Images:
    """matrix · color + offset, kept within 0 … 1.

    Written out, for a matrix product may round differently in batches of another size.
    """
    mapped = offset[:, None, None, None].expand_as(images).contiguous()
    for row, channel in enumerate(mapped.unbind(1)):
        for column, values in enumerate(images.unbind(1)):
            channel.addcmul_(values, matrix[:, row, column, None, None])
    return mapped.clamp_(0, 1)


def random_blur(images: Images, config: AugmentationConfig, rng: CounterRNG) -> Images:
    """Some images under a Gaussian blur; beyond the border the outermost pixels repeat.

    Parameters:
        images: 0 … 1.
        config: how many, and how far.
        rng: one stream for each image.
    """
    rows = rng.bernoulli("augment blur", config.blur).nonzero()[:, 0]
    if not len(rows):
        return images
    low = min(MIN_SIGMA, config.blur_sigma)
    sigma = rng.uniform("augment blur sigma", low=low, high=config.blur_sigma)[rows]
    blurred = gaussian_blur(images[rows], sigma, math.ceil(3 * config.blur_sigma))
    return images.index_copy(0, rows, blurred)


def gaussian_blur(images: Images, sigma: Float[Tensor, " batch"], radius: int) -> Images:
    """Each image blurred by its own Gaussian, down and across.

    Parameters:
        images: of any brightness.
        sigma: standard deviations in pixels.
        radius: pixels each way after which the Gaussian is cut off.
    """
    steps = torch.arange(-radius, radius + 1, device=images.device)
    weights = (-0.5 * (steps / sigma[:, None]).square()).exp()
    weights = weights / weights.sum(1, keepdim=True)
    for axis, margin in ((2, (0, 0, radius, radius)), (3, (radius, radius, 0, 0))):
        padded, length = F.pad(images, margin, mode="replicate"), images.shape[axis]
        images = torch.zeros_like(images)
        for start, weight in enumerate(weights.unbind(1)):
            images.addcmul_(padded.narrow(axis, start, length), weight[:, None, None, None])
    return images


def random_noise(images: Images, config: AugmentationConfig, rng: CounterRNG) -> Images:
    """Noise that is independent in every pixel and channel, of its own strength in each image.

    Parameters:
        images: 0 … 1.
        config: the largest standard deviation.
        rng: one stream for each image.
    """
    strength = rng.uniform("augment noise strength", 1, 1, 1, high=config.noise)
    noise = random_bytes("augment noise", images, rng)
    noise -= 127.5
    return noise.mul_(strength / BYTE_STD).add_(images).clamp_(0, 1)


def random_bytes(stream: str, images: Images, rng: CounterRNG) -> Images:
    """A random whole number from 0 to 255 for each value of images: uniform, for nobody sees
    whether noise is Gaussian, and four bytes come from one hash.

    Parameters:
        stream: a name that no other draw of the generator has.
        images: as large as is wanted.
        rng: one stream for each image.
    """
    count = math.prod(images.shape[1:])
    four = rng.bits(stream, -(-count // 4)).view(torch.uint8)
    return four[:, :count].float().view_as(images)
