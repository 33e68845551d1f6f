#!/usr/bin/env bash
# idx2numpy 1.2.3 (NumPy 2.4.6): an IDX file of int16, int32, float32 or float64 is read, and written.
#
# Expected: convert_to_file takes the array that convert_from_file gave, as it does for uint8, int8.
# Seen: the array keeps the file's byte order (">i2", ">f4"), and writing it raises FormatError,
#   "numpy ndarray type not supported by IDX format", of arrays in the very order IDX stores.
#   torch.from_numpy refuses the same arrays for their byte order.
# Way round: array.astype(array.dtype.newbyteorder("=")).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet idx2numpy==1.2.3 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import struct
from importlib.metadata import version

import idx2numpy
import numpy as np

print("idx2numpy", version("idx2numpy"), "numpy", version("numpy"))
outcomes = {}
for code, kind in ((0x08, "u1"), (0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")):
    values = np.arange(6).reshape(2, 3)
    file = struct.pack(">HBB2I", 0, code, 2, 2, 3) + values.astype(f">{kind}").tobytes()
    read = idx2numpy.convert_from_string(file)
    assert (read == values).all()
    try:
        outcomes[kind] = "the same file" if idx2numpy.convert_to_string(read) == file else "another"
    except idx2numpy.FormatError as error:
        outcomes[kind] = f"FormatError: {error}"
        native = read.astype(read.dtype.newbyteorder("="))
        assert idx2numpy.convert_to_string(native) == file  # the way round
    print(f"IDX type 0x{code:02X}: read as {read.dtype.str}; written again: {outcomes[kind]}")
assert outcomes["u1"] == outcomes["i1"] == "the same file"
for kind in ("i2", "i4", "f4", "f8"):
    assert outcomes[kind].startswith("FormatError"), f"changed: {kind} is written now"
PYTHON
