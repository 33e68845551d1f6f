"""Append the bytes of many pictures to a few files, in which each is found by its place."""

from pathlib import Path

from ....frame.storage.files import make_folder

LARGEST = 2**30  # bytes of a file; then another is begun


class BlobWriter:
    """Appends pictures to files in a folder."""

    def __init__(self, folder: Path):
        """
        Parameters:
            folder: where the files are written; made when the first picture comes.
        """
        self.folder = folder
        self._number = -1
        self._file = folder
        self._size = LARGEST

    def append(self, content: bytes) -> tuple[Path, int]:
        """Write a picture; gives the file and the offset of its first byte.

        Parameters:
            content: the bytes of an image file.
        """
        if self._size >= LARGEST:
            make_folder(self.folder)
            self._number, self._size = self._number + 1, 0
            self._file = self.folder / f"pictures{self._number:05}.bin"
            self._file.write_bytes(b"")
        offset = self._size
        with self._file.open("ab") as file:
            file.write(content)
        self._size += len(content)
        return self._file, offset
