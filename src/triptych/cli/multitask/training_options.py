"""Options of `triptych train` that are no settings of the training."""

from typing import Annotated

import typer

TrainingSet = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="A setting of the dataset or the training, NAME=VALUE; may be repeated."
    ),
]
Weights = Annotated[str | None, typer.Option(help="Shares of heads in the loss: circle=3,digit=1")]
Backbone = Annotated[
    str | None, typer.Option(help="auto, or a name (default auto)", show_default=False)
]
Pretrained = Annotated[
    bool | None,
    typer.Option(
        help="Begin with published weights (default: where the backbone has any)",
        show_default=False,
    ),
]
Limit = Annotated[
    int | None, typer.Option(min=2, help="Train on so many images only (default: all)")
]
Folds = Annotated[
    int | None,
    typer.Option(min=2, help="Cross-validate: so many trainings, each measured on its own part"),
]
Balance = Annotated[
    str | None,
    typer.Option(
        help="Of unequal classes: none, weights, sampling, or auto (default auto for pictures of "
        "your own, else none)",
    ),
]
HeadBalance = Annotated[
    str | None,
    typer.Option(
        help="Of the heads' losses: fixed (as --weights says), uncertainty or gradnorm, which "
        "learn their weights (default fixed)",
        show_default=False,
    ),
]
