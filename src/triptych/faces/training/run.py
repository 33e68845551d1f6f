"""One triplet-training run: fit, evaluate on held-out identities, write the run folder."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from lightning.pytorch.callbacks import Callback

from ...frame.config import TrainingConfig
from ...frame.drawing import training_plots
from ...frame.progress import ProgressCallback
from ...frame.storage import images, run_folder
from ...frame.storage.files import write_json
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.model_files import checksum
from ...frame.training.callbacks import read_history
from ...frame.training.distributed import barrier, device_of, is_rank_zero
from ...frame.training.loggers import close_loggers
from ...frame.training.trainer import build_trainer, fit
from ..encoders._encoder import Encoder
from ..encoders.run import RunEncoder as TrainedEncoder
from ..encoders.run import run_fingerprint, save_encoder
from ..metrics.roc import pairs_eer
from ..photos.crop_dataset import CropDataset, Part, split_identities
from ..photos.cropping import crop_template
from . import diagnostics
from .config import TripletConfig
from .datamodule import TripletDataModule
from .holdout import (
    HoldoutResult,
    embed,
    evaluate_holdout,
    nearest_neighbor_sheet,
    to_embeddings,
    try_calibrate,
)
from .lightning_module import MONITOR, TripletModule
from .setup import SCRATCH, TrainConfig, build_network

SHEET = "neighbours.png"


@dataclass(frozen=True)
class TrainResult:
    """What a training ended with.

    Parameters:
        folder: of the run.
        encoder: of the best epoch.
        holdout: its metrics on people who did not train.
        refused: photos that could not be used, each with the reason.
        warnings: what is wrong with the training, each with a remedy.
        seconds: how long the training itself took; of this session, where it was resumed.
    """

    folder: Path
    encoder: Encoder
    holdout: HoldoutResult
    refused: tuple[SkippedImage, ...]
    warnings: tuple[str, ...]
    seconds: float

    @property
    def metrics(self) -> dict[str, float]:
        """Metrics by name; `holdout.definitions` say what they mean."""
        return self.holdout.metrics


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """A training, ready to begin or to go on.

    Parameters:
        folder: of the run.
        plan: what is trained on what.
        settings: epochs, learning rate …
        config: of triplets and crops.
        dataset: the crops of all people.
        refused: photos that could not be used.
    """

    folder: Path
    plan: TrainConfig
    settings: TrainingConfig
    config: TripletConfig
    dataset: CropDataset
    refused: tuple[SkippedImage, ...]

    def run(self, callbacks: Iterable[Callback], progress: ProgressCallback) -> TrainResult:
        """Train, take the best epoch, and write the results of the run.

        Parameters:
            callbacks: of Lightning.
            progress: told how far the training is.
        """
        device = device_of(self.settings)
        splits, warnings = self.splits()
        module = TripletModule(
            build_network(self.plan, self.settings, self.config),
            self.settings,
            self.config,
            pretrained=self.plan.encoder != SCRATCH,
        )
        datamodule = TripletDataModule(
            {part: dataset.to(device) for part, dataset in splits.items()},
            self.settings,
            self.config,
        )
        baseline = self.baseline(module, datamodule)
        trainer = build_trainer(
            self.settings, self.folder, progress=progress, monitor=MONITOR, callbacks=callbacks
        )
        worked = process_time()
        seconds = fit(trainer, module, datamodule, self.folder)
        close_loggers(trainer)
        times = seconds, process_time() - worked
        history = read_history(self.folder)
        warnings += diagnostics.training_warnings(history, self.config.margin)
        if baseline and max(row.get(MONITOR, 0) for row in history) < baseline[0]:
            module.load_state_dict(baseline[1])
            warnings += (
                "Fine-tuning helped nobody: on the people that choose the best epoch the "
                "pretrained encoder was better, so it was kept as it was. Lower --lr, or give "
                "more people.",
            )
        return self.finalize(module, splits, warnings, times)

    def splits(self) -> tuple[dict[Part, CropDataset], tuple[str, ...]]:
        """The crops of those who train, validate and are tested, and warnings about them."""
        config = self.config
        identities = split_identities(
            self.dataset.identities,
            validation=config.validation,
            test=config.test,
            seed=self.settings.seed,
            test_seed=config.test_seed,
        )
        splits: dict[Part, CropDataset] = {}
        for part, names in identities.items():
            if names:
                splits[part] = self.dataset.subset(names)
        warnings: tuple[str, ...] = ()
        if identities["train"] == identities["validation"]:
            warnings += (
                f"{len(self.dataset.identities)} people are too few to keep any apart: those who "
                "train chose the best epoch too, and no figure is of people never seen. 6 would "
                "do.",
            )
        elif config.test and "test" not in splits:
            warnings += (
                f"{len(self.dataset.identities)} people are too few to keep any for the test: the "
                "figures are of those who chose the best epoch. 6 would do.",
            )
        if config.rotation_classes:
            splits["train"] = splits["train"].with_rotation_classes()
        return splits, warnings

    def baseline(
        self, module: TripletModule, datamodule: TripletDataModule
    ) -> tuple[float, dict[str, Any]] | None:
        """The score of the pretrained encoder on the validation crops, and its weights; None where
        there is none.

        Parameters:
            module: before training.
            datamodule: with the validation crops.
        """
        if not module.pretrained:
            return None
        validation = datamodule.validation_crops
        vectors = embed(module.embedding.eval(), validation)
        score = 1 - pairs_eer(vectors, validation.labels.cpu().numpy())
        return score, deepcopy(module.state_dict())

    def finalize(
        self,
        module: TripletModule,
        splits: Mapping[Part, CropDataset],
        warnings: tuple[str, ...],
        times: tuple[float, float],
    ) -> TrainResult:
        """Measure the encoder on people who did not train, and write all that the run folder holds.

        Parameters:
            module: with the weights of the best epoch.
            splits: the crops of each part.
            warnings: so far.
            times: seconds of training by the clock, and of the processor.
        """
        device = device_of(self.settings)
        network = module.embedding.to_device(device).eval()
        config, folder = self.config, self.folder
        template = crop_template(config.crop, config.height, config.width, config.template)
        name = run_fingerprint(checksum(network.state_dict()), network, template)
        validation = to_embeddings(network, splits["validation"], name)
        calibration, missing = try_calibrate(validation, f"people apart of {folder.resolve().name}")
        warnings += missing
        part: Part = "test" if "test" in splits else "validation"
        vectors = embed(network, splits[part])
        holdout = evaluate_holdout(vectors, splits[part], seed=self.settings.seed)
        seconds, cpu_seconds = (round(value, 1) for value in times)
        if is_rank_zero():
            results = {**holdout.to_dict(), "part": part, "notes": warnings}
            results |= {"seconds": seconds, "cpu_seconds": cpu_seconds}
            run_folder.reopen(folder)
            write_json(folder / run_folder.RESULTS, results)
            training_plots.plot_history(read_history(folder), folder / "curves.png")
            title = f"{part}: the worst of each person, and those nearest to it"
            images.save(folder / SHEET, nearest_neighbor_sheet(vectors, splits[part], title))
            save_encoder(folder, network, template, calibration)
        barrier()  # all read what the first has written
        return TrainResult(
            folder, TrainedEncoder(folder, device), holdout, self.refused, warnings, seconds
        )
