"""Every reader of what users bring, with an example of what it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triptych import style
from triptych.faces.exchange.load import open_vectors
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.storage import images, run_folder
from triptych.multitask.annotated.opening import open_annotated
from triptych.multitask.annotated.targets import possible_targets
from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import to_onnx
from triptych.multitask.engine.task import TaskConfig
from triptych.multitask.inference.predictor import Predictor
from triptych.multitask.model.multitask_model import MultitaskModel

from . import examples

SQUARE = np.full((28, 28, 3), 255, np.uint8)


@dataclass(frozen=True)
class Reader:
    """How one kind of file is read.

    Parameters:
        write: a whole example, into an empty folder.
        read: all that a user could read of a folder.
    """

    write: Callable[[Path], None]
    read: Callable[[Path], object]


def read_pictures(folder: Path) -> None:
    """Read the one picture that was damaged, or all."""
    for path in folder.iterdir():
        images.as_image(path)


def read_annotated(folder: Path) -> None:
    """Read a set, its table, every image's objects, and what can be learned of it."""
    annotated = open_annotated(folder)
    for _ in annotated:
        pass
    possible_targets(annotated)


def read_run(folder: Path) -> None:
    """Read what a run says of itself, and answer one picture by its model."""
    with run_folder.reading_record(folder) as record:
        TaskConfig.from_dict(record["plan"])
    Predictor.load(folder).predict(SQUARE)


def write_onnx(folder: Path) -> None:
    """An exported model of a former run."""
    model = MultitaskModel.load(examples.OLD_RUNS / "digits")
    (folder / "model.onnx").write_bytes(to_onnx(ExportedModel(model).eval(), {}))


def read_onnx(folder: Path) -> None:
    """Answer one picture by an exported file."""
    Predictor.load(folder / "model.onnx").predict(SQUARE)


def write_vectors(folder: Path) -> None:
    """Embeddings of faces in every kind of file that is read."""
    vectors = np.random.default_rng(0).normal(size=(4, 8)).astype(np.float32)
    np.savez(folder / "faces.npz", vectors=vectors, names=np.array(list("abcd")))
    rows = ["person,vector", *(f'{n},"{list(map(float, v))}"' for n, v in zip("abcd", vectors))]
    (folder / "faces.csv").write_text("\n".join(rows))


def read_vectors(folder: Path) -> None:
    """Read embeddings to the last row."""
    for path in folder.iterdir():
        for _ in open_vectors(path).batches():
            pass


def write_gallery(folder: Path) -> None:
    """A gallery of a former version."""
    (folder / "people.db").write_bytes((examples.OLD_RUNS / "people.db").read_bytes())


def read_gallery(folder: Path) -> None:
    """Open a gallery and list who is in it."""
    Gallery.info(str(folder / "people.db"))
    with Gallery.open(str(folder / "people.db"), encoder=None) as gallery:
        gallery.people()


READERS: Mapping[str, Reader] = {
    "pictures": Reader(examples.write_pictures, read_pictures),
    **{name: Reader(write, read_annotated) for name, write in examples.ANNOTATED.items()},
    "run": Reader(examples.old_run("digits"), read_run),
    "onnx": Reader(write_onnx, read_onnx),
    "style": Reader(examples.old_run("style"), style.load),
    "vectors": Reader(write_vectors, read_vectors),
    "gallery": Reader(write_gallery, read_gallery),
}
