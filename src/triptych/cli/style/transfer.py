"""`triptych style paint`: one transfer, saved and reported."""

from dataclasses import replace
from pathlib import Path

from ...frame.errors import ConfigError, DataError, RunError
from ...frame.progress import ProgressCallback
from ...frame.storage import run_folder
from ...style.job.run_folder import CHECKPOINT, FRAMES, SHEET, RunFolder, finished, load_job
from ...style.job.runner import RunResult, run
from ...style.job.session import JobSession, check_resumable, open_session
from .. import console
from ..signals import stop_requested
from .job_flags import JobFlags, build_job, resolve_auto
from .masks import mask_reader
from .output import OutputOptions, beginning_run, print_resume_hint, result_dict, start_run

PICTURE = Path("picture.png")


def paint(flags: JobFlags, output: OutputOptions, *, json: bool) -> None:
    """Paint one image, or go on with a run.

    Raises KeyboardInterrupt where it was stopped, once the image so far is saved.
    """
    if flags.resume:
        _resume(flags, output, json=json)
        return
    job, facts = build_job(flags)
    if not output.run and not output.out:
        output = replace(output, out=PICTURE)
    output.check(job)
    with console.progress_bar() as progress:
        session = open_session(
            resolve_auto(job), mask_reader=mask_reader(job.device), progress=progress
        )
        output.tell_alpha_lost(session)
        with beginning_run(output.run):
            record = start_run(session, output, facts)
            result = _run_and_animate(session, record, output, progress)
    _print_result(result, session, output, json=json)


def _resume(flags: JobFlags, output: OutputOptions, *, json: bool) -> None:
    folder = output.run
    if not folder:
        raise ConfigError("--resume goes on with a run. Name it: --run FOLDER --resume.")
    if flags.paths or flags.settings or flags.fork or flags.sweep:
        raise ConfigError(
            "--resume goes on as the run was begun, so it takes no pictures and no settings. "
            f"To paint on with others: --from {folder}."
        )
    job, facts = load_job(folder)
    if finished(folder) and output.animations() and not output.out:
        with run_folder.lock(folder):
            _write_animations(output, json=json)
        return
    out = output.out or (Path(facts["out"]) if facts.get("out") else None)
    output = replace(output, out=out)
    output.check(job)
    with run_folder.lock(folder), console.progress_bar() as progress:
        if finished(folder):
            (folder / CHECKPOINT).unlink(missing_ok=True)  # of a process killed just then
            raise ConfigError(f"The run in {folder} is finished. Paint on with --from.")
        session = open_session(job, mask_reader=mask_reader(job.device), progress=progress)
        for words in check_resumable(session, facts):
            console.log(f"note: {words}")
        output.tell_alpha_lost(session)
        record = RunFolder(folder, session, every=output.every)
        record.restore()
        result = _run_and_animate(session, record, output, progress)
    _print_result(result, session, output, json=json)


def _write_animations(output: OutputOptions, *, json: bool) -> None:
    """Write the animations of a finished run, and print where."""
    for path, write in output.animations():
        write(path)
    places = [str(path) for path, _ in output.animations()]
    if json:
        console.print_json({"films": places, "run": str(output.run)})
    else:
        print(f"{', '.join(places)}: how {output.run} was painted")


def _run_and_animate(
    session: JobSession, record: RunFolder | None, output: OutputOptions, progress: ProgressCallback
) -> RunResult:
    with stop_requested() as stop:
        result = run(session, output.out, record, stop=stop, progress=progress)
    if record and result.finished:
        if not (record.folder / SHEET).exists():
            console.log(f"note: No pictures are left in {record.folder / FRAMES} for a {SHEET}.")
        for path, write in output.animations():
            try:
                write(path)
            except (DataError, RunError) as error:  # the picture is painted all the same
                console.log(f"note: {error}")
    return result


def _print_result(
    result: RunResult, session: JobSession, output: OutputOptions, *, json: bool
) -> None:
    answer = {**result_dict(session, result), "run": str(output.run) if output.run else None}
    if json:
        console.print_json(answer)
    else:
        places = ", ".join(map(str, result.paths))
        print(
            f"{places}: {answer['width']}×{answer['height']}, {answer['steps']} steps with "
            f"{Path(answer['features']).name} in {result.seconds:.0f} s"
        )
    if not result.finished:
        print_resume_hint(output.run)
        raise KeyboardInterrupt
