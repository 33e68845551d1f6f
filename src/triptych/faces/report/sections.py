"""What the report of an evaluation says, chapter by chapter."""

from collections.abc import Iterator, Mapping, Sequence

import cv2

from ...frame.drawing.html_page import Headline, Image, ImageGrid, Section, Table
from ..metrics._classified import ClassifierResult
from ..metrics.identification import IdentificationMetrics
from .figures import identification_plots, percent, verification_figures
from .hard_pairs import MisclassifiedPair
from .pair_sheet import Crop, pair_images
from .result import FaceEvaluation
from .verification_section import PairComparison

LISTED = 100  # refused photos on the page; all of them are in the JSON
NONE = "–"
QUALITY = 92  # of the JPEG a pair of faces becomes in the page


def headline_figures(found: FaceEvaluation) -> list[Headline]:
    """What matters most, at a glance."""
    told = []
    if held := found.comparison:
        verified = held.verification
        between = f"95\xa0% interval {percent(verified.ci_low)} … {percent(verified.ci_high)}"
        pairs = f"{len(held.pairs):,} pairs in {held.pairs.folds} folds"
        told += [
            Headline("Verification accuracy", percent(verified.accuracy), f"{between}; {pairs}"),
            Headline("Equal error rate", percent(verified.eer), "as many false accepts as rejects"),
        ]
    if held := found.identification:
        between = f"95\xa0% interval {percent(held.low)} … {percent(held.high)}"
        note = f"one photo enrolled each; {between}"
        told.append(Headline("One-shot identification", percent(held.rank1), note))
    refused = f"{len(found.refused):,} refused" if found.refused else "none refused"
    return [
        *told,
        Headline("Photos", f"{found.photos:,}", f"of {found.people:,} people; {refused}"),
    ]


def report_sections(found: FaceEvaluation) -> Iterator[Section]:
    """All that was measured, what went wrong, and what could not be measured."""
    if found.comparison:
        yield _verification(found, found.comparison)
    if found.identification:
        yield _identification(found, found.identification)
    if found.pairs_classified or found.photos_classified:
        yield _classifiers(found)
    if found.comparison:
        yield _mistakes(found.comparison, found.crops)
    if found.refused:
        yield _refused(found)
    if found.skipped:
        yield Section("Not measured", found.skipped)


def _verification(found: FaceEvaluation, comparison: PairComparison) -> Section:
    same, thresholds = int(comparison.pairs.same.sum()), comparison.verification.thresholds
    share = {"people": "share no person", "pairs": "share people, but no pair"}[
        comparison.pairs.disjoint_by
    ]
    words = [
        f"{same:,} pairs of photos of one person and {len(comparison.pairs) - same:,} of two "
        f"people ({comparison.source}) are told apart by their distance, in "
        f"{comparison.pairs.folds} folds: each by the threshold that is most accurate on "
        f"all other folds. Folds {share}.",
        f"The most accurate threshold is {comparison.threshold:.3f} on average over folds, between "
        f"{min(thresholds):.3f} and {max(thresholds):.3f}.",
    ]
    if held := found.calibration:
        words[-1] += (
            f" The calibrated one, {held.threshold:.3f}, was found for a false accept rate of "
            f"{percent(held.target_far)} on other photos ({held.people:,} people, {held.photos:,} "
            f"photos: {held.source})."
        )
    images = [plot.image() for plot in verification_figures(comparison)]
    return Section("Same person or not", words, [*images, _figures(found, "verification")])


def _identification(found: FaceEvaluation, metrics: IdentificationMetrics) -> Section:
    words = [
        f"Of each person the first photo is enrolled, and the other {len(metrics.probes):,} photos "
        f"are identified by what is nearest: {int(metrics.right.sum()):,} rightly. The more people "
        f"there are, the harder that is; here there are {found.people:,}.",
        "Strangers are harder: half the people are enrolled, and the photos of the others should "
        "stay unknown. The smaller the threshold, the fewer strangers are given a name, and the "
        "more of those who are enrolled are missed.",
    ]
    images = [plot.image() for plot in identification_plots(metrics)]
    return Section("Who is it", words, [*images, _figures(found, "identification")])


def _classifiers(found: FaceEvaluation) -> Section:
    words = ["The same encodings, told by classifiers that learn from some of them, fold by fold."]
    tables = []
    if found.pairs_classified and found.comparison:
        told = found.comparison.verification
        threshold = ClassifierResult(
            "distance threshold",
            told.accuracy,
            told.ci_low,
            told.ci_high,
            told.folds,
            "for comparison: the accuracy of verification",
        )
        tables.append(_table("Same person or not", (threshold, *found.pairs_classified)))
    if found.photos_classified:
        tables.append(_table("Who is it", found.photos_classified))
    return Section("Recognition as classification", words, tables)


def _table(title: str, classified: Sequence[ClassifierResult]) -> Table:
    rows = [
        (
            one.name,
            percent(one.accuracy),
            f"{percent(one.low)} … {percent(one.high)}",
            one.definition,
        )
        for one in classified
    ]
    return Table(("Classifier", "Accuracy", "95\xa0% interval", "What it is"), rows, title)


def _mistakes(comparison: PairComparison, crops: Mapping[str, Crop]) -> Section:
    held, same = comparison.mistakes, int(comparison.pairs.same.sum())
    words = [
        f"{held.accepted:,} of {len(comparison.pairs) - same:,} pairs of two people were accepted, "
        f"{held.rejected:,} of {same:,} pairs of one person rejected."
    ]
    if held.faceless:
        words[0] += f" {held.faceless:,} more pairs are errors because a photo was refused."
    tiles = []
    for title, pairs in (
        ("Two people taken for one", held.false_accepts),
        ("One person taken for two", held.false_rejects),
    ):
        if pictures := pair_images(pairs, crops):
            images = [_tile(pair, picture) for pair, picture in pictures]
            tiles.append(ImageGrid(images, f"{title}, the worst {len(images)}"))
    return Section("Mistakes", words, tiles)


def _tile(pair: MisclassifiedPair, picture: Crop) -> Image:
    names = " and ".join(pair.names)
    jpeg = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    told = f"distance {pair.distance:.3f}, threshold {pair.threshold:.3f}"
    return Image(jpeg.tobytes(), f"The faces of {names}", told, names)


def _refused(found: FaceEvaluation) -> Section:
    words = ["They count as errors in all figures above: none can gain from refusing photos."]
    if len(found.refused) > LISTED:
        words.append(f"The first {LISTED} of {len(found.refused):,}; all are in evaluation.json.")
    rows = [(each.photo, each.reason) for each in found.refused[:LISTED]]
    return Section("Refused photos", words, [Table(("Photo", "Reason"), rows)])


def _figures(found: FaceEvaluation, part: str) -> Table:
    """The figures of a part, with what they mean."""
    means = found.definitions
    rows = [
        (name, NONE if value is None else percent(value), means[name])
        for name, value in found.metrics.items()
        if name.startswith(f"{part}/")
    ]
    few = any(value == NONE for _, value, _ in rows)
    note = f"{NONE} where there are too few photos to speak of such a rate." if few else ""
    return Table(("Figure", "Value", "What it is"), rows, note=note)
