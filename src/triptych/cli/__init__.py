"""The command line: parse, call, print. Nothing heavy is imported before a verb is called."""

import sys


def main() -> None:
    """Run the command line; exit 0 done, 1 our fault, 2 the user's slip, 130 stopped by hand."""
    from ..frame.errors import TriptychError
    from .app import app

    try:
        app()
    except TriptychError as error:
        print(f"triptych: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("triptych: stopped.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # `triptych … | head`
        sys.stderr.close()
        sys.exit(0)
