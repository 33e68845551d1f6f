"""Run another program in its own environment."""

import json
import subprocess
from pathlib import Path
from typing import Any

TOLD = 2000  # last characters of what a program that fails says


def run_peer(interpreter: str, script: str, *arguments: object) -> dict[str, Any]:
    """What a script of this folder prints last, as JSON.

    Parameters:
        interpreter: Python of the environment.
        script: its file name.
        arguments: of its command line.

    Raises SystemExit with what the script says where it fails.
    """
    command = [interpreter, str(Path(__file__).with_name(script)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed in {interpreter}:\n{done.stderr[-TOLD:]}")
    return json.loads(done.stdout.splitlines()[-1])
