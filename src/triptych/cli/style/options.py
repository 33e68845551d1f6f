"""The options of `triptych style paint`: their help is made from the configuration classes."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from ...style.config import FeatureConfig
from ...style.job.job import CHECKPOINT_EVERY, IMAGE, TransferJob
from ...style.optimization.config import TransferConfig
from ..options import nonempty_path, option_for

setting = partial(option_for, config=TransferConfig)
feature = partial(option_for, config=FeatureConfig)
field: Any = partial(option_for, config=TransferJob, presets={"masks": None})

# settings of TransferConfig
Size = Annotated[int | None, setting("size")]
Strength = Annotated[float | None, setting("strength")]
ContentWeight = Annotated[float | None, setting("content_weight")]
StyleWeight = Annotated[float | None, setting("style_weight")]
StyleWeights = Annotated[str | None, setting("style_weights")]
StyleScale = Annotated[float | None, setting("style_scale")]
Optimizer = Annotated[str | None, setting("optimizer")]
Steps = Annotated[str | None, setting("steps")]
Init = Annotated[str | None, setting("init")]
Seed = Annotated[int | None, setting("seed")]

# settings of FeatureConfig
ContentLayer = Annotated[str | None, feature("content_layer")]
Layers = Annotated[str | None, feature("layers", "--style-layers")]
Half = Annotated[bool | None, feature("half", "--half")]
Pooling = Annotated[str | None, feature("pooling")]
Statistics = Annotated[str | None, feature("statistics")]
Variation = Annotated[float | None, feature("variation", "--tv")]

# fields of TransferJob
Features = Annotated[str | None, field("features")]
Colors = Annotated[str | None, field("colors", "--colours", "--colors")]
Masks = Annotated[list[Path] | None, field("masks", "--mask")]
Soft = Annotated[float | None, field("soft")]
Device = Annotated[str | None, field("device")]
MaxMemory = Annotated[str | None, field("max_memory")]

SETTINGS = frozenset(
    {
        *("size", "strength", "content_weight", "style_weight", "style_weights", "style_scale"),
        *("optimizer", "steps", "init", "seed", "content_layer", "layers", "half", "pooling"),
        *("statistics", "variation", "features", "colors", "masks", "soft", "device"),
        "max_memory",
    }
)
"""The options above by the names of `TransferJob.with_changes`."""

# what is read and written
Images = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PICTURES", help="CONTENT, then one STYLE or more."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", parser=nonempty_path, help=f"The image to write (default {IMAGE})"),
]
Run = Annotated[
    Path | None,
    typer.Option(
        parser=nonempty_path,
        help="Folder to keep everything in: losses, curves, a timeline, and checkpoints to "
        "--resume from.",
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run in --run.")]
From = Annotated[
    Path | None, typer.Option("--from", help="Paint on another run's image, with other settings.")
]
Sweep = Annotated[
    list[str] | None,
    typer.Option(help="One sheet of several values: strength=0.2,0.5,0.8; given twice, a grid."),
]
Gif = Annotated[bool, typer.Option("--gif", help="Also write RUN/timeline.gif.")]
Mp4 = Annotated[bool, typer.Option("--mp4", help="Also write RUN/timeline.mp4.")]
Checkpoint = Annotated[
    float | None,
    typer.Option(
        min=0, help=f"Seconds between checkpoints of a run (default {CHECKPOINT_EVERY:g})"
    ),
]
