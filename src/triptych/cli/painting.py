"""What `triptych style paint` does: read what is asked, paint, tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..frame import images
from ..frame.errors import BadData, BadSetting, MissingAsset
from ..frame.files import check_writable
from ..frame.progress import Watcher
from ..style.canvas import Canvas, open_canvas, opened_method, unchanged
from ..style.commission import PATCHES, Commission
from ..style.executing import Executed, execute
from ..style.objective import Method
from ..style.opening import AUTO, best_at_hand
from ..style.record import EVERY, GIF, MP4, Record, branched, commissioned, finished
from . import terminal
from .drawings import check_apart
from .masking import mask_reader
from .stopping import stoppable

PICTURE = Path("picture.png")
BEGUN = ("content", "noise", "style")  # what a painting can begin from without a file


@dataclass(frozen=True)
class Asked:
    """The pictures named, and the settings given: by the names of `Commission.changed`."""

    pictures: list[Path]
    given: Mapping[str, Any]
    resume: bool = False
    branch: Path | None = None
    sweep: Sequence[str] = ()


@dataclass(frozen=True)
class Keeping:
    """Where the picture goes, and what else is kept."""

    out: Path | None
    run: Path | None = None
    every: float | None = None
    gif: bool = False
    mp4: bool = False

    def check(self, commission: Commission) -> None:
        """Raise, before anything is painted, what would be raised afterwards; and BadSetting
        where a picture would be painted over one that it is made from."""
        if self.out:
            check_apart(map(Path, commission.pictures.values()), [self.out])
            images.kind_of(self.out)
            check_writable(self.out)
        if (self.gif or self.mp4) and not self.run:
            raise BadSetting("--gif and --mp4 are written into a run folder. Add --run FOLDER.")


def paint(asked: Asked, keeping: Keeping, *, json: bool) -> None:
    """Paint one picture, or a sweep of several; a run that was stopped is gone on with.

    Raises KeyboardInterrupt where it was stopped, once the picture so far is kept."""
    if asked.resume:
        _resume(asked, keeping, json=json)
        return
    commission, facts = _commission(asked)
    if asked.sweep:
        from .sweeping import sweep

        sweep(settled(commission), asked.sweep, keeping, json=json)
        return
    if not keeping.run and not keeping.out:
        keeping = replace(keeping, out=PICTURE)
    keeping.check(commission)
    with terminal.watching() as watch:
        canvas = open_canvas(settled(commission), read=mask_reader(commission.device), watch=watch)
        record = begun(canvas, keeping, facts)
        done = _painted(canvas, record, keeping, watch)
    _tell(done, canvas, keeping, json=json)


def settled(commission: Commission) -> Commission:
    """The commission with "auto" replaced by what that means here and now: the best network at
    hand, or patches where there is none."""
    if commission.features != AUTO:
        return commission
    try:
        name, half = best_at_hand(bool(commission.options.get("half")))
    except MissingAsset as error:
        if commission.options:
            raise
        terminal.note(f"No network is at hand, so patches are matched. ({error})")
        return commission.changed({"features": PATCHES})
    asked = commission.options.get("half", False)
    return commission.changed({"features": name, **({} if half == asked else {"half": half})})


def begun(canvas: Canvas, keeping: Keeping, facts: Mapping[str, Any]) -> Record | None:
    """The run folder, opened, if one is asked for."""
    if not keeping.run:
        return None
    record = Record(keeping.run, canvas, every=EVERY if keeping.every is None else keeping.every)
    out = str(keeping.out.expanduser().resolve()) if keeping.out else None
    record.begin({**facts, "out": out})
    return record


def read_flags(given: Mapping[str, Any]) -> dict[str, Any]:
    """The flags of the command line as `Commission.changed` takes them; files by whole paths.

    >>> read_flags({"steps": "100,50", "layers": "relu1_1=2,relu2_1", "init": "noise"})
    {'steps': (100, 50), 'layers': {'relu1_1': 2.0, 'relu2_1': 1.0}, 'init': 'noise'}
    """
    found = dict(given)
    if "shares" in found:
        found["shares"] = _numbers("--style-weights", found["shares"], float)
    if "steps" in found:
        found["steps"] = _numbers("--steps", found["steps"], int)
    if "layers" in found:
        found["layers"] = _weights(found["layers"])
    if "masks" in found:
        found["masks"] = tuple(whole(path) for path in found["masks"])
    if "features" in found and Path(found["features"]).expanduser().is_file():
        found["features"] = whole(Path(found["features"]))
    if "init" in found and found["init"] not in BEGUN:
        found |= {"init": "image", "start": whole(Path(found["init"]))}
    return found


def whole(path: Path) -> str:
    """A path that means the same in any folder."""
    return str(path.expanduser().absolute())


def told(canvas: Canvas, done: Executed) -> dict[str, Any]:
    """What came of a painting, as JSON."""
    height, width = done.picture.shape[:2]
    last = done.history[-1] if done.history else None
    return {
        "pictures": [str(place) for place in done.places],
        "width": width,
        "height": height,
        "finished": done.finished,
        "features": canvas.commission.features,
        "steps": len(done.history),
        "seconds": round(done.seconds, 2),
        "costs": {"total": last.total, **last.parts} if last else {},
    }


def _commission(asked: Asked) -> tuple[Commission, dict[str, Any]]:
    changes = read_flags(asked.given)
    if asked.branch:
        if asked.pictures:
            raise BadSetting("--from knows its pictures. Leave CONTENT and STYLE out.")
        return branched(asked.branch, changes), {"from": whole(asked.branch)}
    if len(asked.pictures) < 2:
        raise BadSetting(
            f"Expected a content and a style, got {len(asked.pictures)} pictures. "
            "For example: triptych style paint photo.jpg painting.jpg --out picture.png"
        )
    content, *styles = (whole(path) for path in asked.pictures)
    return Commission(content, tuple(styles)).changed(changes), {}


def _resume(asked: Asked, keeping: Keeping, *, json: bool) -> None:
    if not keeping.run:
        raise BadSetting("--resume goes on with a run. Name it: --run FOLDER --resume.")
    if asked.pictures or asked.given or asked.branch or asked.sweep:
        raise BadSetting(
            "--resume goes on as the run was begun, so it takes no pictures and no settings. "
            f"To paint on with others: --from {keeping.run}."
        )
    commission, facts = commissioned(keeping.run)
    if finished(keeping.run):
        raise BadSetting(f"The run in {keeping.run} is finished. Paint on with --from.")
    out = keeping.out or (Path(facts["out"]) if facts.get("out") else None)
    keeping = replace(keeping, out=out)
    keeping.check(commission)
    with terminal.watching() as watch:
        canvas = open_canvas(commission, read=mask_reader(commission.device), watch=watch)
        for words in unchanged(canvas, facts):
            terminal.note(f"note: {words}")
        every = EVERY if keeping.every is None else keeping.every
        record = Record(keeping.run or Path(), canvas, every=every)
        record.restore()
        done = _painted(canvas, record, keeping, watch)
    _tell(done, canvas, keeping, json=json)


def _painted(canvas: Canvas, record: Record | None, keeping: Keeping, watch: Watcher) -> Executed:
    with stoppable() as stop:
        done = execute(canvas, keeping.out, record, stop=stop, watch=watch)
    if record:
        films = {GIF: (keeping.gif, record.timeline.gif), MP4: (keeping.mp4, record.timeline.mp4)}
        for name, (wanted, write) in films.items():
            if wanted and done.finished:
                try:
                    write(record.folder / name)
                except BadData as error:  # the picture is painted all the same
                    terminal.note(f"note: {error}")
    return done


def _tell(done: Executed, canvas: Canvas, keeping: Keeping, *, json: bool) -> None:
    answer = {**told(canvas, done), "run": str(keeping.run) if keeping.run else None}
    if json:
        terminal.answer(answer)
    else:
        places = ", ".join(map(str, done.places))
        print(
            f"{places}: {answer['width']}×{answer['height']}, {answer['steps']} steps with "
            f"{Path(answer['features']).name} in {done.seconds:.0f} s"
        )
    if not done.finished:
        on = f"triptych style paint --run {keeping.run} --resume"
        terminal.note(
            f"Go on with: {on}" if keeping.run else "With --run FOLDER it could be gone on with."
        )
        raise KeyboardInterrupt


def _weights(text: str) -> dict[str, float]:
    """Layers of style with their weights, 1 where there is none."""
    found: dict[str, float] = {}
    for word in text.split(","):
        name, _, value = (part.strip() for part in word.partition("="))
        if not name or name in found:
            raise BadSetting(f"Expected --style-layers LAYER=WEIGHT,…, each once, got '{text}'.")
        (found[name],) = _numbers("--style-layers", value or "1", float)
    return found


def _numbers(flag: str, text: str, kind: type) -> tuple[Any, ...]:
    try:
        found = tuple(kind(word) for word in text.split(","))
    except ValueError:
        raise BadSetting(f"Expected numbers between commas for {flag}, got '{text}'.") from None
    return found


def method_of(commission: Commission, methods: dict[str, Method], watch: Watcher) -> Method:
    """The method a commission asks for, opened once for all that ask for the same."""
    seed = commission.settings.seed if commission.features == PATCHES else 0
    options = sorted(commission.options.items(), key=str)
    budget = f"{commission.max_memory} {commission.settings.size}" if commission.max_memory else ""
    key = f"{commission.features} {options} {seed} {budget}"
    if key not in methods:
        methods[key] = opened_method(commission, watch)
    return methods[key]
