"""The parts of a report that are about the whole run: data, learning, figures, pictures."""

from collections.abc import Mapping, Sequence
from shlex import join
from typing import Any

import numpy as np

from ....frame.drawing.html_page import Headline, Image, ImageGrid, Section, Table
from ...engine.epoch_points import curve_rows
from ...engine.gradient_points import gradient_rows
from ...engine.metric_suite import MetricSuite
from ...heads._colors import head_colors
from ..estimation.bootstrap import Estimate
from ..measurement import Measurement
from .chart_style import axis_name, chart
from .gradient_charts import gradient_charts
from .line_charts import curves
from .picture_sections import TILES
from .tiles import are_large, truth_tiles

Estimates = Mapping[str, Estimate]


def headlines(seen: Measurement, estimates: Estimates) -> list[Headline]:
    """The main figure of each head, with its interval.

    Parameters:
        seen: the run, measured.
        estimates: of every metric.
    """
    return [
        Headline(
            figure_title(name), f"{estimates[name].value:.4f}", _short_interval(estimates[name])
        )
        for name in MetricSuite(seen.model).primary
        if name in estimates
    ]


def data_section(seen: Measurement) -> Section:
    """What was trained on what, with some of its images.

    Parameters:
        seen: the run, measured.
    """
    data, plan, settings = seen.dataset, seen.record["plan"], seen.record["settings"]
    info = data.info
    size = f"{info.width} × {info.height}, {'grey' if info.channels == 1 else 'RGB'}"
    used = min(plan.get("limit") or data.size("train"), data.size("train"))
    names = ", ".join(info.classes[:20]) + (" …" if len(info.classes) > 20 else "")
    rows = [
        ("dataset", seen.called),
        ("source", seen.evaluation.source),
        (
            "images",
            f"{used:,} training, {data.size('validation'):,} validation, "
            f"{data.size('test'):,} test",
        ),
        ("canvas", size),
        *([("classes", f"{len(info.classes):,}: {names}")] if info.classes else []),
        ("epochs", f"{settings['epochs']}, batches of {settings['batch']}"),
    ]
    spread = np.linspace(0, data.size("train") - 1, min(TILES, data.size("train"))).astype(int)
    tiles = truth_tiles(dict(seen.model.heads), data, "train", spread.tolist())
    large = are_large(data)
    sheet = ImageGrid(tiles, "Training images with their truth", compact=True, large=large)
    return Section("What it was trained on", parts=[Table(("", ""), rows), sheet])


def learning_section(seen: Measurement) -> Section | None:
    """The learning curves; None where none were kept.

    Parameters:
        seen: the run, measured.
    """
    rows = curve_rows(seen.folder)
    learned = {f"weight/{head}" for head in seen.model.heads}
    names = dict.fromkeys(name for row in rows for name in row if "/" in name)
    names = [name for name in names if name not in learned]
    losses = [name for name in names if name.endswith("/loss")]
    colors = head_colors(dict(seen.model.heads))
    figures = [name for name in names if name not in losses]
    charts = [("loss", losses, True)]
    charts += [(h, [n for n in figures if n.startswith(f"{h}/")], False) for h in seen.model.heads]
    parts = [_curve_chart(rows, title, some, colors, log) for title, some, log in charts if some]
    parts += gradient_charts(gradient_rows(seen.folder), rows, colors)
    text = "Figures of validation images, which the network was not trained on; the best epoch by "
    text += f"{seen.record['settings']['monitor']} was kept."
    return Section("How it learnt", [text], parts) if parts else None


def _curve_chart(
    rows: Sequence[Mapping[str, float]],
    title: str,
    names: Sequence[str],
    colors: Mapping[str, Any],
    log: bool,
) -> Image:
    alt = f"Learning curves of {', '.join(names)} over epochs."
    return chart(curves(rows, names, colors=colors, log=log), title, alt)


def figures_section(seen: Measurement, estimates: Estimates) -> Section:
    """Every metric with its interval and its definition.

    Parameters:
        seen: the run, measured.
        estimates: of every metric.
    """
    what = "groups of images that belong together" if seen.grouped else "images"
    known = seen.evaluation.definitions
    rows = [
        (name, f"{one.value:.4f}", _interval(one) or "–", known.get(name, ""))
        for name, one in estimates.items()
    ]
    text = (
        f"Measured on {seen.count:,} {seen.evaluation.split} images, which chose nothing. "
        f"Intervals hold 95 % of the figures of {what} drawn anew with replacement (percentile "
        "bootstrap, Efron 1979); a share is never told more surely than by Wilson's (1927)."
    )
    return Section(
        "Figures", [text], [Table(("figure", "value", "95 % interval", "what it is"), rows)]
    )


def repeat_section(seen: Measurement) -> Section:
    """The command, the seed, versions and the fingerprint of the data.

    Parameters:
        seen: the run, measured.
    """
    record = seen.record
    command = ["triptych", *map(str, record.get("command", ["triptych"])[1:])]
    rows = [
        ("command", join(command)),
        ("seed", str(record["settings"]["seed"])),
        ("fingerprint of the data", str(record["data"])),
        *((f"version of {name}", value) for name, value in record.get("versions", {}).items()),
        *([("threads", str(record["threads"]))] if "threads" in record else []),
        ("measured by", "triptych evaluate " + str(seen.folder)),
    ]
    skipped = {"seed", "epochs", "batch"}
    settings = [(k, str(v)) for k, v in record["settings"].items() if k not in skipped]
    options = [(name, str(value)) for name, value in record["plan"]["options"].items()]
    text = "On a CPU, with as many threads, the same command gives the same weights, bit for bit."
    return Section(
        "How to repeat it",
        [text],
        [
            Table(("", ""), rows),
            Table(("setting", "value"), settings, "Settings of the training"),
            *([Table(("setting", "value"), options, "Settings of the data")] if options else []),
        ],
    )


def figure_title(figure: str) -> str:
    """What a figure is called in a headline: "digit accuracy" for digit/accuracy.

    Parameters:
        figure: HEAD/METRIC.
    """
    head, _, metric = figure.partition("/")
    return f"{head} {axis_name(metric)}"


def _interval(one: Estimate) -> str:
    return f"{one.low:.4f} … {one.high:.4f}" if np.isfinite(one.low) else ""


def _short_interval(one: Estimate) -> str:
    return f"95 %: {one.low:.3f} … {one.high:.3f}" if np.isfinite(one.low) else ""
