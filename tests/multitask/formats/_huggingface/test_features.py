"""What the columns of image tables mean."""

import pyarrow as pa
import pytest

from triptych.multitask.formats._huggingface.features import features_of

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def test_columns_are_told_apart():
    schema = pa.schema([("label", IMAGE), ("image", IMAGE), ("width", pa.int32())])
    features = features_of(schema)
    assert features is not None
    assert (features.image, features.mask, features.label, features.size) == (
        "image",
        "label",
        None,
        (),
    )


@pytest.mark.parametrize("notes", [b"{", b"[]", b'{"info": 3}', b"[" * 5000])
def test_damaged_notes_say_nothing(notes: bytes):
    features = features_of(pa.schema([("image", IMAGE)], {b"huggingface": notes}))
    assert features is not None and features.names == {}


def test_a_table_without_pictures_is_none():
    assert features_of(pa.schema([("label", pa.int32()), ("data", pa.binary())])) is None
