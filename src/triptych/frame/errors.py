"""Every error that is raised on purpose: a user's slip, in one line that says what to do.

The message says what was expected, what came, and what mends it.
"""


class TriptychError(Exception):
    """What a user can mend. The command line prints its one line and exits with 2."""


class UnknownNameError(TriptychError):
    """A dataset, head, source, metric or option that does not exist; the nearest is offered."""


class ConfigError(TriptychError):
    """An option outside its range, or two that contradict each other."""


class ImageError(TriptychError):
    """An image that cannot be read as pixels, or an array that is none."""


class FaceError(ImageError):
    """A photo without a face that can be recognized: none, too many, too small, too blurred."""


class DataError(TriptychError):
    """A file or folder of data that is damaged, incomplete or of another kind."""


class GalleryError(DataError):
    """A gallery of faces that is missing, damaged, locked, or of a newer version."""


class EncoderMismatchError(DataError):
    """Embeddings, a gallery or a threshold of another encoder: distances would be noise."""


class AssetNotFoundError(TriptychError):
    """A named file that is neither on this machine nor to be fetched."""


class RunError(TriptychError):
    """A run folder that is missing, half-written, altered or from a newer version."""


class WriteError(TriptychError):
    """No room or no right to write where the result should go."""


class MissingDependencyError(TriptychError):
    """An optional package that is not installed; the message says what pip installs it."""
