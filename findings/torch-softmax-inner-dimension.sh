#!/usr/bin/env bash
# PyTorch 2.13.0 on a CPU, float32: softmax over a dimension that is not the last, as of attention maps
# over the pixels of an image of which most pixels are alike (a digit on paper).
#
# Expected: probabilities that sum to 1 within 1e-6 or so, over whichever dimension.
# Seen: over an inner dimension the sums are off by 3e-5 for 28 x 28 pixels and by 2e-3 for 224 x 224; over
#   the last one, of the same numbers, 20 to 30 times less. The divisor is added up one entry after the other,
#   and equal entries are rounded to the same side each time. ONNX Runtime's answer to the exported graph is
#   the more exact one, so that a comparison of both blames the wrong side.
# Way round: x.transpose(dim, -1).softmax(-1).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import torch

print("torch", torch.__version__)
torch.manual_seed(0)
for pixels in (784, 3136, 50176):
    logits = torch.randn(8, 1, 8).expand(8, pixels, 8).clone()  # the paper
    logits[:, : pixels // 5] += torch.randn(8, pixels // 5, 8).abs() * 2  # the digit
    inner = logits.softmax(1)
    last = logits.transpose(1, 2).contiguous().softmax(2)
    apart = [float((part.double().sum(dim) - 1).abs().max()) for part, dim in ((inner, 1), (last, 2))]
    print(f"{pixels} entries: sums are off by {apart[0]:.1e} over an inner dimension, {apart[1]:.1e} over the last")
    assert apart[0] > 4 * apart[1], "changed: an inner dimension is as exact as the last"
PYTHON
