"""Do two photos show the same person?

    python examples/faces_verify.py ann-1.jpg ann-2.jpg
    python examples/faces_verify.py ann-1.jpg team.jpg --faces largest

YuNet finds the face of each photo, five landmarks align it, and MobileFaceNet turns it into 128
numbers. The distance of the two vectors is compared with a threshold.
"""

from pathlib import Path
from typing import cast

import typer

from triptych import faces as panel
from triptych.faces.detection.quality import FaceSelection
from triptych.frame.errors import FaceError


def main(
    first: Path,
    second: Path,
    encoder: str = "mobilefacenet",  # or a run of `faces train`, or an ONNX file
    threshold: float | None = None,  # the encoder's own, where it has one
    faces: str = "one",  # or largest
) -> None:
    """Tell the verdict, and the numbers it rests on."""
    reader = panel.FacePipeline(panel.load_encoder(encoder), faces=cast(FaceSelection, faces))
    try:
        verdict = panel.verify(first, second, pipeline=reader, threshold=threshold)
    except FaceError as error:  # no face, several faces, too small, too blurred …
        print(f"refused: {error}")
        return
    print("the same person" if verdict.verified else "different people")
    print(f"distance {verdict.distance:.3f}, threshold {verdict.threshold:.3f}")
    if verdict.far is not None:
        print(f"the threshold accepts about one in {1 / verdict.far:,.0f} pairs of strangers")
    if verdict.probability is not None:
        print(f"probability, if both answers were as likely before: {verdict.probability:.0%}")


if __name__ == "__main__":
    typer.run(main)
