"""`triptych faces export` and `import`: galleries to files, vectors of other tools to galleries."""

from pathlib import Path

from ....faces.encoders._build import load_encoder
from ....faces.exchange.batch import VectorFile
from ....faces.exchange.export import export_gallery
from ....faces.exchange.load import check_vectors, import_vectors
from ....faces.gallery.gallery import Gallery
from ....frame.errors import ConfigError, DataError, GalleryError
from ... import console

OTHER = "other:"  # before the name of an encoder that triptych does not have


def export(url: str, path: Path, *, tenant: str, json: bool) -> None:
    """Write a gallery into a Parquet file."""
    with Gallery.open(url, tenant=tenant) as gallery:
        count, encoder = export_gallery(gallery, path), gallery.encoder
    if json:
        console.print_json({"gallery": url, "file": str(path), "encoder": encoder, "faces": count})
    else:
        print(f"{count:,} faces of the encoder {encoder}: {path}")


def import_(vectors: VectorFile, url: str, encoder: str, *, tenant: str, json: bool) -> None:
    """Put the vectors of a file into a gallery, which is made where there is none."""
    try:
        summary = Gallery.info(url, tenant=tenant)
        known = (summary.encoder, summary.size)
    except GalleryError as error:
        if not str(error).startswith("There is no gallery"):
            raise
        known = None
    name, size = named_encoder(encoder, vectors, known)
    check_vectors(vectors, name, size)  # before a gallery is made for nothing
    with Gallery.open(url, encoder=name, size=size, create=True, tenant=tenant) as gallery:
        result = import_vectors(vectors, gallery)
    if json:
        console.print_json({"gallery": url, "encoder": name, **result.to_dict()})
        return
    if result.normalized:
        console.log(f"{result.normalized:,} vectors were not of unit length and were normalized.")
    renewed = f", {result.renewed:,} renewed" if result.renewed else ""
    print(f"{result.rows:,} faces: {result.added:,} added, {result.known:,} known before{renewed}.")


def named_encoder(
    encoder: str, vectors: VectorFile, gallery: tuple[str, int] | None
) -> tuple[str, int]:
    """Fingerprint and size of the encoder that vectors are of.

    Parameters:
        encoder: as it was typed: a name, a run or a file as `load_encoder` takes it, a fingerprint
            of the gallery or the file, or other:NAME; "" where it was not.
        vectors: the file, which may say it.
        gallery: fingerprint and size of the gallery's, where there is one.

    Raises ConfigError where nobody says it, DataError where a file is of another than was typed.
    """
    if not encoder:
        if vectors.encoder:
            return vectors.encoder, vectors.size
        raise ConfigError(
            f"{vectors.name} does not say which encoder its vectors are of. Name it: --encoder "
            f"{gallery[0] if gallery else 'dlib'}, or --encoder {OTHER}NAME for one that triptych "
            "does not have."
        )
    if (
        (encoder.startswith(OTHER) and encoder != OTHER)
        or encoder == vectors.encoder
        or (gallery and encoder == gallery[0])
    ):
        name, size = encoder, vectors.size
    else:
        loaded = load_encoder(encoder)
        name, size = loaded.fingerprint, loaded.dim
    if vectors.encoder and vectors.encoder != name:
        raise DataError(
            f"{vectors.name} says that it is of the encoder '{vectors.encoder}', not '{name}'. "
            "Leave --encoder out."
        )
    return name, size
