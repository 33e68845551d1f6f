"""The parts of a set in IDX files."""

from collections.abc import Mapping

from .._idx_format import read_images_and_labels
from .labelled_images import LabelledImages
from .set_files import Pair

QMNIST_COLUMNS = 8  # digit, series, writer and so on (Yadav & Bottou 2019); the first is the digit


def read_idx_parts(
    pairs: Mapping[str, Pair], *, transposed: bool = False
) -> dict[str, LabelledImages]:
    """Images and labels of each split; of QMNIST's eight columns of labels the first.

    Parameters:
        pairs: the file of images and that of labels of each split.
        transposed: the images are stored column by column, as EMNIST's are.

    Raises DataError as `read_images_and_labels` does.
    """
    parts: dict[str, LabelledImages] = {}
    for split, files in pairs.items():
        images, labels = read_images_and_labels(*files)
        if labels.ndim == 2 and labels.shape[1] == QMNIST_COLUMNS and labels.max() > 1:
            labels = labels[:, 0]
        parts[split] = LabelledImages(images.swapaxes(1, 2) if transposed else images, labels)
    return parts
