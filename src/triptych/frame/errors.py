"""Every error raised on purpose: the user's slips, each told in one line that says what to do."""


class TriptychError(Exception):
    """A slip the user can mend. The command line prints its one line and exits with 2."""


class UnknownName(TriptychError):
    """A dataset, head, source, metric or setting that does not exist; the nearest is offered."""


class BadSetting(TriptychError):
    """A setting outside its range, or two that contradict each other."""


class BadImage(TriptychError):
    """A picture that cannot be read as pixels."""


class BadFace(BadImage):
    """A photo without a face that can be told apart: none, too many, too small, too blurred."""


class BadData(TriptychError):
    """A file or folder of data that is damaged, incomplete or of another kind."""


class BadGallery(BadData):
    """A gallery of faces that is missing, damaged, locked, or of a newer version."""


class OtherEncoder(BadData):
    """Encodings, a gallery or a threshold made with another encoder: distances would be noise."""


class MissingAsset(TriptychError):
    """A named file that is neither at hand nor to be fetched."""


class BadRun(TriptychError):
    """A run folder that is missing, half-written, altered or from a newer version."""


class CannotWrite(TriptychError):
    """No room or no right to write where the result should go."""


class MissingExtra(TriptychError):
    """A part of triptych whose optional packages are not installed."""
