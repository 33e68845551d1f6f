"""Slips in the words typed, each told in one line with what was surely meant."""

from difflib import get_close_matches

from ..frame.config import NOT_HERE, OTHERS_SAY

TYPED = {"loss_weights": "weights", "num_nodes": "nodes"}
"""Keywords of `train` whose option has another name."""


def format_slip(error: Exception) -> str:
    """One line for a slip in the words typed, with the help to read; empty where help was shown.

    Parameters:
        error: of typer.
    """
    message = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    context = getattr(error, "ctx", None)
    if not message or context is None:
        return message
    if type(error).__name__ == "NoSuchOption":
        options = {flag for known in context.command.params for flag in known.opts}
        message = unknown_option(error.option_name, options)  # pyright: ignore
    stop = "" if message.endswith(("?", ".")) else "."
    return f"{message}{stop} See {context.command_path} --help."


def unknown_option(flag: str, options: set[str]) -> str:
    """What to say of an option that a command has not: the nearest word of the field, if any.

    Parameters:
        flag: as it was typed, with its dashes.
        options: those of the command, with theirs.
    """
    word = flag.lstrip("-").replace("-", "_")
    if word in NOT_HERE and "--batch" in options and "--size" not in options:
        return f"No such option: {flag}. Images have the size of the dataset: leave it out."
    meant = meant_option(word)
    close = [meant] if meant in options else get_close_matches(flag, options, n=1, cutoff=0.7)
    return f"No such option: {flag}.{f' Did you mean {close[0]}?' if close else ''}"


def meant_option(word: str) -> str:
    """The option that is surely meant by a word of other libraries; empty where none is.

    >>> meant_option("project"), meant_option("learning_rate"), meant_option("colour")
    ('--out', '--lr', '')
    """
    said = OTHERS_SAY.get(word)
    return f"--{TYPED.get(said, said).replace('_', '-')}" if said else ""
