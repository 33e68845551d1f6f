"""`triptych style paint --sweep`: several paintings, and one sheet of them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, ProgressEvent
from ...frame.storage import images
from ...style.job.job import TransferJob
from ...style.job.run_folder import RunFolder
from ...style.job.runner import RunResult, run
from ...style.job.session import JobSession, build_job_method, open_session
from ...style.job.sweep import axis, expand, sweep_sheet
from ...style.objectives.build import PATCHES
from ...style.objectives.objective import ObjectiveFactory
from .. import console
from ..output_files import make_folder
from ..signals import stoppable
from .masks import mask_reader
from .transfer import Keeping, begun, held, note_how_to_go_on, told

if TYPE_CHECKING:
    from ...style.job.sweep import Pixels

SHEET = Path("sweep.png")


def sweep(
    commission: TransferJob,
    words: Sequence[str],
    keeping: Keeping,
    facts: Mapping[str, Any],
    *,
    json: bool,
) -> None:
    """Paint each combination, and a sheet of all; each picture is kept beside the sheet, or with
    --run in a run folder of its own.

    Raises KeyboardInterrupt where it was stopped, once a sheet of those painted is kept."""
    axes = [axis(word) for word in words]
    variants = expand(commission, axes)
    place = keeping.out or (keeping.run / SHEET if keeping.run else SHEET)
    _check(variants, place, keeping)
    methods: dict[str, ObjectiveFactory] = {}
    pictures: dict[str, Pixels] = {}
    answers: dict[str, Any] = {}
    stopped = False
    with console.watching() as watch, stoppable() as stop:
        for variant in variants.values():  # a slip in the last is told before the first is painted
            _method_of(variant, methods, watch)
        for label, variant in variants.items():
            method = _method_of(variant, methods, watch)
            read = mask_reader(variant.device)
            canvas = open_session(variant, method=method, read=read, progress=watch)
            beside = _beside(place, label, keeping)
            record = begun(canvas, beside, {**facts, "sweep": label})
            with held(beside.run):
                done = _painted(canvas, beside, record, label, stop, watch)
            pictures[label], answers[label] = done.picture, told(canvas, done)
            if stopped := not done.finished:
                note_how_to_go_on(beside.run)
                break
    images.save(place, sweep_sheet(pictures, axes, commission.title))
    if json:
        console.answer({"sheet": str(place), "paintings": answers})
    else:
        print(f"{place}: {len(pictures)} of {len(variants)} pictures")
    if stopped:
        raise KeyboardInterrupt


def _painted(
    canvas: JobSession,
    beside: Keeping,
    record: RunFolder | None,
    label: str,
    stop: Callable[[], bool],
    watch: ProgressCallback,
) -> RunResult:
    """One picture of a sweep, told of as one task."""
    total = canvas.painter.total
    done = run(canvas, beside.out, record, stop=stop, progress=_counted(watch, label, total))
    watch(ProgressEvent(label, total, total))
    return done


def _check(variants: Mapping[str, TransferJob], place: Path, keeping: Keeping) -> None:
    """Raise, before anything is painted, what would be raised afterwards."""
    if keeping.gif or keeping.mp4:
        raise ConfigError("--gif and --mp4 show one painting, not a sweep. Leave one of them out.")
    images.format_of(place)
    if keeping.run:
        make_folder(keeping.run, "--run")
        if place.exists() and not keeping.out:
            raise ConfigError(f"{keeping.run} holds a sweep already. Choose another --run.")
    for label, variant in variants.items():
        replace(keeping, out=place).check(variant)
        _beside(place, label, keeping).check(variant)


def slug(label: str) -> str:
    """A label as part of a file's name.

    >>> slug("strength 0.2, style-scale 2")
    'strength-0.2-style-scale-2'
    """
    return "".join(c if c.isalnum() or c in ".-" else "-" for c in label.replace(", ", "-"))


def _beside(place: Path, label: str, keeping: Keeping) -> Keeping:
    """Where one picture of a sweep is kept."""
    if keeping.run:
        return Keeping(None, keeping.run / slug(label), keeping.every)
    return Keeping(place.with_name(f"{place.stem}-{slug(label)}{place.suffix}"))


def _counted(watch: ProgressCallback, label: str, total: int) -> ProgressCallback:
    """One bar for all scales of a picture."""
    done = 0

    def count(step: ProgressEvent) -> None:
        nonlocal done
        if step.metrics:
            done += 1
            watch(ProgressEvent(label, done, total, step.metrics))

    return count


def _method_of(
    commission: TransferJob, methods: dict[str, ObjectiveFactory], watch: ProgressCallback
) -> ObjectiveFactory:
    """The method a commission asks for, opened once for all that ask for the same."""
    seed = commission.settings.seed if commission.features == PATCHES else 0
    options = sorted(commission.options.items(), key=str)
    key = f"{commission.features} {options} {seed} {commission.max_memory}"
    if key not in methods:
        methods[key] = build_job_method(commission, watch)
    return methods[key]
