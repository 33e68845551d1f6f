"""The run folder: what was asked for, how it went, what came of it."""

import json
import platform
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import Any

from filelock import FileLock, Timeout

from ... import __version__
from ..errors import ConfigError, RunError, UnknownNameError, WriteError
from .files import is_leftover, make_folder, os_error_reason, remove_leftovers, write_json
from .plugins import loaded_plugins, plugin_hint
from .run_kind import DESCRIPTION, MULTITASK, RECORD, RunKind, check_kind

RESULTS, LOCK = "metrics.json", ".lock"
FORMAT = 2  # of run.json
REPORTED_VERSIONS = ("torch", "lightning", "torchmetrics", "numpy")


def create(folder: Path, option: str = "--out", leftovers: Collection[str] = ()) -> Path:
    """Make the folder of a new run where it is missing.

    Parameters:
        folder: of the run.
        option: what the folder was typed for, named in errors.
        leftovers: files that are written before run.json, so that a process that was killed by
            then may have left them.

    Raises ConfigError where another run or anything else is in it, WriteError where it cannot be
    made.
    """
    if (folder / RECORD).exists():
        raise ConfigError(
            f"{folder} holds a run already. Choose another {option}, delete it, or use --resume."
        )
    make_folder(folder)
    left = {LOCK, *leftovers}
    if any(path.name not in left and not is_leftover(path) for path in folder.iterdir()):
        raise ConfigError(f"{folder} is not empty and holds no run. Choose another {option}.")
    return folder


@contextmanager
def beginning(
    folder: Path, option: str = "--out", leftovers: Collection[str] = ()
) -> Iterator[None]:
    """Within the block a new run is begun in a folder, and no other process on this machine works
    there.

    Parameters:
        folder: of the run, made where it is missing.
        option: what the folder was typed for, named in errors.
        leftovers: files that are written before run.json.

    Raises as `create` and `lock` do.
    """
    create(folder, option, leftovers)
    with lock(folder):
        create(folder, option, leftovers)  # another process may have begun one by now
        yield


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Within the block no other process on this machine works in a run folder.

    The system releases it where a process is killed. What such a process had half written is
    removed.

    Raises RunError where another process works there, WriteError where the folder is missing or
    takes no file.
    """
    if not folder.is_dir():
        raise WriteError(f"Cannot write to {folder}: it is no folder.")
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise RunError(
            f"Another process is at work in {folder}. Wait until it has ended, or stop it."
        ) from error
    except OSError as error:
        raise WriteError(f"Cannot write to {folder}: {os_error_reason(error)}.") from error
    try:
        for place in (folder, *folder.glob("*/")):
            remove_leftovers(place)
        yield
    finally:
        with suppress(OSError):  # the folder may have been deleted; Windows keeps what is open
            (folder / LOCK).unlink(missing_ok=True)  # first, lest it be another's by then
        lock.release()


def remove_contents(folder: Path) -> None:
    """Delete all that a run folder holds, unless another process works there.

    Parameters:
        folder: of the run, which exists and stays.

    Raises as `lock` does, and WriteError where something cannot be deleted.
    """
    with lock(folder):
        try:
            # run.json last: what is left by a process killed meanwhile is a run still
            for path in sorted(folder.iterdir(), key=lambda path: path.name == RECORD):
                if path.is_dir() and not path.is_symlink():
                    rmtree(path)
                elif path.name != LOCK:
                    path.unlink()
        except OSError as error:
            raise WriteError(f"Cannot empty {folder}: {os_error_reason(error)}.") from error


def is_finished(folder: Path) -> bool:
    """Whether the training in a run folder has come to its end: its results are there, and its
    model, which is written last.

    Parameters:
        folder: of the run.
    """
    return (folder / RESULTS).exists() and (folder / DESCRIPTION).exists()


def reopen(folder: Path) -> None:
    """Say that a run is not finished, before its results are written anew: a model must not stand
    beside figures of another. Raises WriteError.

    Parameters:
        folder: of the run.
    """
    try:
        (folder / DESCRIPTION).unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"Cannot write to {folder}: {os_error_reason(error)}.") from error


def write_record(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write run.json.

    Parameters:
        folder: of the run.
        facts: what a run must be resumed with; the command, the number of CPU threads, the
            versions of packages and the plug-ins that are loaded are added.

    Raises WriteError.
    """
    versions = {"triptych": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in REPORTED_VERSIONS}
    whole = {"format": FORMAT, "command": sys.argv, **facts}
    whole |= {"threads": cpu_threads(), "versions": versions}
    if plugins := loaded_plugins():
        whole["plugins"] = plugins
    write_json(folder / RECORD, whole)


def cpu_threads() -> int:
    """The threads that PyTorch adds up with on the CPU: sums, rounded, depend on how many."""
    import torch

    return torch.get_num_threads()


def update_record(folder: Path, changes: Mapping[str, Any]) -> None:
    """Write run.json again with some facts changed, and all others as they were.

    Parameters:
        folder: of the run.
        changes: facts by name.

    Raises RunError as `read_record` does, WriteError.
    """
    write_json(folder / RECORD, {**read_record(folder), **changes})


def read_record(folder: Path, kind: RunKind = MULTITASK) -> dict[str, Any]:
    """What run.json says.

    Parameters:
        folder: of the run.
        kind: the kind of run that is expected, named where there is none.

    Raises RunError where it is missing, damaged or of a newer version.
    """
    path = folder / RECORD
    try:
        facts = json.loads(path.read_bytes())
        newer = facts["format"] > FORMAT
    except OSError as error:
        raise RunError(
            f"Expected a run folder, but {path} cannot be read "
            f"({os_error_reason(error)}). `{kind.command}` makes one."
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RunError(f"{path} is damaged. Train again, or copy the whole run anew.") from error
    if newer:
        raise RunError(f"{path} was written by a newer triptych. Upgrade this one ({__version__}).")
    return facts


@contextmanager
def reading_record(folder: Path, kind: RunKind = MULTITASK) -> Iterator[dict[str, Any]]:
    """Gives what run.json says of a run to resume; it is read apart within the block.

    Parameters:
        folder: of the run.
        kind: the kind of run that is expected.

    Raises RunError as `read_record` does, and for what the block finds missing, unknown or of
    another kind.
    """
    facts = read_record(folder, kind)
    check_kind(folder, kind)
    try:
        yield facts
    except UnknownNameError as error:
        raise RunError(f"{error}{plugin_hint(facts)}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{folder / RECORD} is damaged. Train again.") from error


def check_same_data(folder: Path, what: str, then: object, now: object) -> None:
    """Raise RunError where data have changed since a run was begun.

    Parameters:
        folder: of the run.
        what: the data, in the plural: "photos".
        then: their fingerprint in run.json.
        now: their fingerprint today.
    """
    if then != now:
        raise RunError(
            f"The {what} of {folder} have changed since it was begun, so it cannot go on as it "
            "was. Restore them, or train anew into another --out."
        )
