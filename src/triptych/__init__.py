"""triptych: see, recognise and paint with one idea, a backbone and small parts on top of it."""

from .frame.errors import AssetNotFoundError as AssetNotFoundError
from .frame.errors import ConfigError as ConfigError
from .frame.errors import DataError as DataError
from .frame.errors import EncoderMismatchError as EncoderMismatchError
from .frame.errors import FaceError as FaceError
from .frame.errors import GalleryError as GalleryError
from .frame.errors import ImageError as ImageError
from .frame.errors import MissingDependencyError as MissingDependencyError
from .frame.errors import RunError as RunError
from .frame.errors import TriptychError as TriptychError
from .frame.errors import UnknownNameError as UnknownNameError
from .frame.errors import WriteError as WriteError

__version__ = "0.1.0"
