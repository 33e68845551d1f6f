"""Every error raised on purpose: the user's slips, each told in one line that says what to do."""


class TriptychError(Exception):
    """A slip the user can mend. The command line prints its one line and exits with 2."""


class UnknownNameError(TriptychError):
    """A dataset, head, source, metric or setting that does not exist; the nearest is offered."""


class ConfigError(TriptychError):
    """A setting outside its range, or two that contradict each other."""


class ImageError(TriptychError):
    """A picture that cannot be read as pixels."""


class FaceError(ImageError):
    """A photo without a face that can be told apart: none, too many, too small, too blurred."""


class DataError(TriptychError):
    """A file or folder of data that is damaged, incomplete or of another kind."""


class GalleryError(DataError):
    """A gallery of faces that is missing, damaged, locked, or of a newer version."""


class EncoderMismatchError(DataError):
    """Encodings, a gallery or a threshold made with another encoder: distances would be noise."""


class AssetNotFoundError(TriptychError):
    """A named file that is neither at hand nor to be fetched."""


class RunError(TriptychError):
    """A run folder that is missing, half-written, altered or from a newer version."""


class WriteError(TriptychError):
    """No room or no right to write where the result should go."""


class MissingDependencyError(TriptychError):
    """A part of triptych whose optional packages are not installed."""
