"""What is different between runs themselves: settings, network, versions, time of an answer."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .pairing import NamedMeasurement

UNSAID = "–"
SEVERAL = ("options", "backbone_options", "loss_weights")  # of the plan: told one by one


def differing_facts(measured: Sequence[NamedMeasurement]) -> list[tuple[str, ...]]:
    """A row for each fact that is not the same in all runs, with what it is in each; folder,
    parameters and time are always told.

    Parameters:
        measured: the runs.
    """
    tables = [_facts(one) for one in measured]
    names = dict.fromkeys(name for table in tables for name in table)
    rows = []
    for name in names:
        cells = [table.get(name, UNSAID) for table in tables]
        if name in ("folder", "parameters", "one answer") or len({*cells}) > 1:
            rows.append((name, *cells))
    return rows


def _facts(one: NamedMeasurement) -> Mapping[str, str]:
    seen = one.seen
    record, plan, info = seen.record, seen.record["plan"], seen.dataset.info
    command = ["triptych", *map(str, record.get("command", ["triptych"])[1:])]
    parameters = sum(each.numel() for each in seen.model.parameters())
    milliseconds = 1000 * float(np.median(seen.seconds)) if len(seen.seconds) else np.nan
    cost = record.get("network", {})
    facts: dict[str, Any] = {
        "folder": seen.folder,
        "command": shlex.join(command),
        "dataset": seen.called,
        "source": seen.evaluation.source,
        "canvas": f"{info.width} × {info.height}, {'grey' if info.channels == 1 else 'RGB'}",
        "heads": ", ".join(seen.model.heads),
        "backbone": seen.model.backbone_name,
        "pretrained": _said(plan.get("pretrained", False)),
        "parameters": f"{parameters:,}",
        **({"multiply-adds an image": f"{cost['multiply_adds']:,}"} if cost else {}),
        "one answer": f"{milliseconds:.1f} ms on this {seen.dataset.device.type}",
        "training images": _said(plan.get("limit") or seen.dataset.size("train")),
        "balance": plan.get("balance", "none"),
    }
    for group in SEVERAL:
        facts |= {f"{name}": _said(value) for name, value in (plan.get(group) or {}).items()}
    facts |= {name: _said(value) for name, value in record["settings"].items()}
    facts |= {f"version of {n}": value for n, value in record.get("versions", {}).items()}
    return {name: str(value) for name, value in facts.items()}


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
