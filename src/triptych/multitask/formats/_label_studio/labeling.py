"""The labeling configuration of a Label Studio project: the tools that fit what is written."""

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from .._format import Vocabulary
from .._writing.xml_text import clean_xml_text

CONTROLS = {
    "box": "RectangleLabels",
    "ellipse": "EllipseLabels",
    "polygon": "PolygonLabels",
    "brush": "BrushLabels",
    "point": "KeyPointLabels",
}
"""The tag of the control that draws regions of a kind; the kind is its name."""

CLASS = "class"  # the control of the class of an image
OF_IMAGE = "attribute-"  # before the name of an attribute of an image, in its control's name
OF_REGION = "region-"  # the same of an attribute of an object
IMAGE = "image"  # the name of the tag that shows the picture, and of its address in a task


class LabelingConfig:
    """Collects the controls that tasks need, and the values of each."""

    def __init__(self, vocabulary: Vocabulary):
        """
        Parameters:
            vocabulary: all classes can be chosen wherever one is, and all values of an attribute.
        """
        self.vocabulary = vocabulary
        self._values: dict[str, dict[str, None]] = {}

    def add(self, control: str, values: Iterable[str]) -> None:
        """Note that a result needs a control, and values of it.

        Parameters:
            control: a name in `CONTROLS`, `CLASS`, or that of an attribute behind its prefix.
            values: labels or choices.
        """
        self._values.setdefault(control, self._known(control)).update(dict.fromkeys(values))

    def xml(self) -> str:
        """The configuration, to be pasted into the project's settings."""
        lines = [f'  <Image name="{IMAGE}" value="${IMAGE}" zoom="true"/>']
        names = sorted(self._values, key=lambda name: (name not in CONTROLS, name != CLASS, name))
        for name in names or ["box"]:
            lines += self._control(name, self._values.get(name) or self._known(name))
        return "\n".join(["<View>", *lines, "</View>", ""])

    def _known(self, control: str) -> dict[str, None]:
        attributes = self.vocabulary.attributes
        for prefix in (OF_IMAGE, OF_REGION):
            if control.startswith(prefix):
                return dict.fromkeys(attributes.get(control.removeprefix(prefix), ()))
        names = self.vocabulary.keypoints if control == "point" else self.vocabulary.classes
        return dict.fromkeys(names)

    @staticmethod
    def _control(name: str, values: Iterable[str]) -> list[str]:
        tag, value_tag = CONTROLS.get(name, "Choices"), "Label" if name in CONTROLS else "Choice"
        more = "" if name in CONTROLS else ' choice="single" showInline="true"'
        more += ' perRegion="true"' if name.startswith(OF_REGION) else ""
        return [
            f'  <{tag} name={_quoted(name)} toName="{IMAGE}"{more}>',
            *(f"    <{value_tag} value={_quoted(value)}/>" for value in values),
            f"  </{tag}>",
        ]


def _quoted(text: str) -> str:
    return quoteattr(clean_xml_text(text))
