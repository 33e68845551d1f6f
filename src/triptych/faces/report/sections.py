"""The sections of an evaluation's report."""

from collections.abc import Iterator, Mapping, Sequence

import cv2

from ...frame.drawing.html_page import Headline, Image, ImageGrid, Section, Table
from ..metrics._classifier_result import ClassifierResult
from ..metrics.error_versus_discard import ErrorVersusDiscard
from ..metrics.identification import IdentificationMetrics
from .demographics.section import group_section
from .figures import identification_figures, percent, verification_figures
from .hard_pairs import MisclassifiedPair
from .pair_sheet import Crop, pair_images
from .quality_section import quality_figures, quality_paragraphs
from .result import FaceEvaluation
from .verification_section import PairComparison

LISTED = 100  # refused photos on the page; all of them are in the JSON
NONE = "–"
QUALITY = 92  # of the JPEG a pair of faces becomes in the page


def headline_figures(evaluation: FaceEvaluation) -> list[Headline]:
    """The most important figures, for the top of the page."""
    headlines = []
    if metrics := evaluation.comparison:
        verified = metrics.verification
        between = f"95\xa0% interval {percent(verified.ci_low)} … {percent(verified.ci_high)}"
        pairs = f"{len(metrics.pairs):,} pairs in {metrics.pairs.folds} folds"
        headlines += [
            Headline("Verification accuracy", percent(verified.accuracy), f"{between}; {pairs}"),
            Headline("Equal error rate", percent(verified.eer), "as many false accepts as rejects"),
        ]
    if metrics := evaluation.identification:
        between = f"95\xa0% interval {percent(metrics.ci_low)} … {percent(metrics.ci_high)}"
        note = f"one photo enrolled each; {between}"
        headlines.append(Headline("One-shot identification", percent(metrics.rank1), note))
    refused = f"{len(evaluation.refused):,} refused" if evaluation.refused else "none refused"
    return [
        *headlines,
        Headline("Photos", f"{evaluation.photos:,}", f"of {evaluation.people:,} people; {refused}"),
    ]


def report_sections(evaluation: FaceEvaluation) -> Iterator[Section]:
    """All that was measured, the errors, and what could not be measured."""
    if evaluation.comparison:
        yield _verification(evaluation, evaluation.comparison)
    if evaluation.identification:
        yield _identification(evaluation, evaluation.identification)
    if evaluation.quality:
        yield _quality(evaluation, evaluation.quality)
    if evaluation.groups:
        calibration = evaluation.calibration
        yield group_section(evaluation.groups, calibration.target_far if calibration else None)
    if evaluation.pair_classifiers or evaluation.identity_classifiers:
        yield _classifiers(evaluation)
    if evaluation.comparison:
        yield _errors(evaluation.comparison, evaluation.crops)
    if evaluation.refused:
        yield _refused(evaluation)
    if evaluation.skipped:
        yield Section("Not measured", evaluation.skipped)


def _verification(evaluation: FaceEvaluation, comparison: PairComparison) -> Section:
    same, thresholds = int(comparison.pairs.same.sum()), comparison.verification.thresholds
    share = {"people": "share no person", "pairs": "share people, but no pair"}[
        comparison.pairs.disjoint_by
    ]
    paragraphs = [
        f"{same:,} pairs of photos of one person and {len(comparison.pairs) - same:,} of two "
        f"people ({comparison.source}) are told apart by their distance, in "
        f"{comparison.pairs.folds} folds: each by the threshold that is most accurate on "
        f"all other folds. Folds {share}.",
        f"The most accurate threshold is {comparison.threshold:.3f} on average over folds, between "
        f"{min(thresholds):.3f} and {max(thresholds):.3f}.",
    ]
    if calibration := evaluation.calibration:
        paragraphs[-1] += (
            f" The calibrated one, {calibration.threshold:.3f}, was found for a false accept rate "
            "of "
            f"{percent(calibration.target_far)} on other photos ({calibration.people:,} people, "
            f"{calibration.photos:,} photos: {calibration.source})."
        )
    images = [plot.image() for plot in verification_figures(comparison)]
    return Section(
        "Same person or not", paragraphs, [*images, _figures(evaluation, "verification")]
    )


def _identification(evaluation: FaceEvaluation, metrics: IdentificationMetrics) -> Section:
    paragraphs = [
        f"Of each person the first photo is enrolled, and the other {len(metrics.probes):,} photos "
        f"are identified by what is nearest: {int(metrics.correct.sum()):,} rightly. The more "
        f"people there are, the harder that is; here there are {evaluation.people:,}.",
        "Strangers are harder: half the people are enrolled, and the photos of the others should "
        "stay unknown. The smaller the threshold, the fewer strangers are given a name, and the "
        "more of those who are enrolled are missed.",
    ]
    images = [plot.image() for plot in identification_figures(metrics)]
    return Section("Who is it", paragraphs, [*images, _figures(evaluation, "identification")])


def _quality(evaluation: FaceEvaluation, curve: ErrorVersusDiscard) -> Section:
    images = [plot.image() for plot in quality_figures(curve)]
    table = _figures(evaluation, "quality")
    return Section("Errors by quality", quality_paragraphs(curve), [*images, table])


def _classifiers(evaluation: FaceEvaluation) -> Section:
    paragraphs = [
        "The same encodings, told by classifiers that learn from some of them, fold by fold."
    ]
    tables = []
    if evaluation.pair_classifiers and evaluation.comparison:
        metrics = evaluation.comparison.verification
        threshold = ClassifierResult(
            "distance threshold",
            metrics.accuracy,
            metrics.ci_low,
            metrics.ci_high,
            metrics.folds,
            "for comparison: the accuracy of verification",
        )
        tables.append(_table("Same person or not", (threshold, *evaluation.pair_classifiers)))
    if evaluation.identity_classifiers:
        tables.append(_table("Who is it", evaluation.identity_classifiers))
    return Section("Recognition as classification", paragraphs, tables)


def _table(title: str, results: Sequence[ClassifierResult]) -> Table:
    rows = [
        (
            one.name,
            percent(one.accuracy),
            f"{percent(one.ci_low)} … {percent(one.ci_high)}",
            one.definition,
        )
        for one in results
    ]
    return Table(("Classifier", "Accuracy", "95\xa0% interval", "What it is"), rows, title)


def _errors(comparison: PairComparison, crops: Mapping[str, Crop]) -> Section:
    errors, same = comparison.errors, int(comparison.pairs.same.sum())
    paragraphs = [
        f"{errors.num_false_accepts:,} of {len(comparison.pairs) - same:,} pairs of two people "
        f"were accepted, {errors.num_false_rejects:,} of {same:,} pairs of one person rejected."
    ]
    if errors.num_without_face:
        paragraphs[0] += (
            f" {errors.num_without_face:,} more pairs are errors because a photo was refused."
        )
    tiles = []
    for title, pairs in (
        ("Two people taken for one", errors.false_accepts),
        ("One person taken for two", errors.false_rejects),
    ):
        if shown := pair_images(pairs, crops):
            images = [_tile(pair, image) for pair, image in shown]
            tiles.append(ImageGrid(images, f"{title}, the worst {len(images)}"))
    return Section("Mistakes", paragraphs, tiles)


def _tile(pair: MisclassifiedPair, image: Crop) -> Image:
    names = " and ".join(pair.names)
    jpeg = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    note = f"distance {pair.distance:.3f}, threshold {pair.threshold:.3f}"
    return Image(jpeg.tobytes(), f"The faces of {names}", note, names)


def _refused(evaluation: FaceEvaluation) -> Section:
    paragraphs = ["They count as errors in all figures above: none can gain from refusing photos."]
    if len(evaluation.refused) > LISTED:
        paragraphs.append(
            f"The first {LISTED} of {len(evaluation.refused):,}; all are in evaluation.json."
        )
    rows = [(each.photo, each.reason) for each in evaluation.refused[:LISTED]]
    return Section("Refused photos", paragraphs, [Table(("Photo", "Reason"), rows)])


def _figures(evaluation: FaceEvaluation, part: str) -> Table:
    """The figures of a part, with what they mean."""
    definitions = evaluation.definitions
    rows = [
        (name, NONE if value is None else percent(value), definitions[name])
        for name, value in evaluation.metrics.items()
        if name.startswith(f"{part}/")
    ]
    few = any(value == NONE for _, value, _ in rows)
    note = f"{NONE} where there are too few photos to speak of such a rate." if few else ""
    return Table(("Figure", "Value", "What it is"), rows, note=note)
