"""A training ready to begin or to go on: from its first batch to a whole run folder."""

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
from ...frame.training.trainer import build_trainer, fit
from ..encoders._encoder import Encoder
from ..encoders.run import RunEncoder as TrainedEncoder
from ..encoders.run import save_encoder, trained_fingerprint
from ..photos import crop_dataset as albums
from ..photos.crop_dataset import CropDataset, Part
from ..photos.cropping import scaled_template
from . import diagnostics
from .config import TripletConfig
from .holdout import (
    HoldoutResult,
    embed,
    evaluate_holdout,
    nearest_neighbor_sheet,
    to_embeddings,
    try_calibrate,
)
from .lightning_module import MONITOR, TripletDataModule, TripletModule, pairs_eer
from .setup import PRETRAINED, TrainConfig, build_network

SHEET = "neighbours.png"


@dataclass(frozen=True)
class TrainResult:
    """What came of a training: the run folder, the best epoch as an encoder, its figures on people
    it never saw, the photos that could not be used, what should be said about it, and how long
    the training itself took (of this session, where it was resumed)."""

    folder: Path
    encoder: Encoder
    exam: HoldoutResult
    refused: tuple[SkippedImage, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def metrics(self) -> dict[str, float]:
        """Figures by name; `exam.definitions` say what they mean."""
        return self.exam.metrics


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """A training, ready to begin or to go on."""

    folder: Path
    plan: TrainConfig
    settings: TrainingConfig
    triplets: TripletConfig
    album: CropDataset
    refused: tuple[SkippedImage, ...]

    def run(self, callbacks: Iterable[Callback], progress: ProgressCallback) -> TrainResult:
        """Train, give back the best epoch, and write the run's results."""
        device = device_of(self.settings)
        parts, told = self.splits()
        lesson = TripletModule(
            build_network(self.plan, self.settings, self.triplets),
            self.settings,
            self.triplets,
            pretrained=self.plan.encoder == PRETRAINED,
        )
        lectures = TripletDataModule(
            {part: album.to(device) for part, album in parts.items()}, self.settings, self.triplets
        )
        before = self.baseline(lesson, lectures)
        trainer = build_trainer(
            self.settings, self.folder, progress=progress, monitor=MONITOR, callbacks=callbacks
        )
        worked = process_time()
        seconds = fit(trainer, lesson, lectures, self.folder)
        times = seconds, process_time() - worked
        history = read_history(self.folder)
        told += diagnostics.training_warnings(history, self.triplets.margin)
        if before and max(row.get(MONITOR, 0) for row in history) < before[0]:
            lesson.load_state_dict(before[1])
            told += (
                "Fine-tuning helped nobody: on the people that choose the best epoch the "
                "pretrained encoder was better, so it was kept as it was. Lower --lr, or give "
                "more people.",
            )
        return self.finalize(lesson, parts, told, times)

    def splits(self) -> tuple[dict[Part, CropDataset], tuple[str, ...]]:
        """The albums of those who train, choose and are tested, and what is amiss about them."""
        chosen = self.triplets
        who = albums.split_identities(
            self.album.identities,
            validation=chosen.validation,
            test=chosen.test,
            seed=self.settings.seed,
            test_seed=chosen.test_seed,
        )
        parts: dict[Part, CropDataset] = {}
        for part, names in who.items():
            if names:
                parts[part] = self.album.subset(names)
        told: tuple[str, ...] = ()
        if who["train"] == who["validation"]:
            told += (
                f"{len(self.album.identities)} people are too few to keep any apart: those who "
                "train chose the best epoch too, and no figure is of people never seen. 6 would "
                "do.",
            )
        elif chosen.test and "test" not in parts:
            told += (
                f"{len(self.album.identities)} people are too few to keep any for the test: the "
                "figures are of those who chose the best epoch. 6 would do.",
            )
        if chosen.rotation_classes:
            parts["train"] = parts["train"].with_rotation_classes()
        return parts, told

    def baseline(
        self, lesson: TripletModule, lectures: TripletDataModule
    ) -> tuple[float, dict[str, Any]] | None:
        """How the pretrained encoder does on those who choose the best epoch, and its weights."""
        if not lesson.pretrained:
            return None
        judges = lectures.validation_crops
        vectors = embed(lesson.embedding.eval(), judges)
        score = 1 - pairs_eer(vectors, judges.labels.cpu().numpy())
        return score, deepcopy(lesson.state_dict())

    def finalize(
        self,
        lesson: TripletModule,
        parts: Mapping[Part, CropDataset],
        warnings: tuple[str, ...],
        times: tuple[float, float],
    ) -> TrainResult:
        """Measure the encoder on people it never saw, and write all that the run folder holds."""
        device = device_of(self.settings)
        embedding = lesson.embedding.to_device(device).eval()
        chosen, folder = self.triplets, self.folder
        template = None if chosen.crop == "whole" else scaled_template(chosen.height, chosen.width)
        name = trained_fingerprint(checksum(embedding.state_dict()), embedding, template)
        judges = to_embeddings(embedding, parts["validation"], name)
        calibration, missing = try_calibrate(judges, f"people apart of {folder.resolve().name}")
        warnings += missing
        part: Part = "test" if "test" in parts else "validation"
        vectors = embed(embedding, parts[part])
        exam = evaluate_holdout(vectors, parts[part], seed=self.settings.seed)
        seconds, worked = (round(value, 1) for value in times)
        if is_rank_zero():
            results = {**exam.json(), "part": part, "notes": warnings}
            results |= {"seconds": seconds, "cpu_seconds": worked}
            write_json(folder / run_folder.RESULTS, results)
            training_plots.plot_history(read_history(folder), folder / "curves.png")
            title = f"{part}: the worst of each person, and those nearest to it"
            images.save(folder / SHEET, nearest_neighbor_sheet(vectors, parts[part], title))
            save_encoder(folder, embedding, template, calibration)
        barrier()  # all read what the first has written
        return TrainResult(
            folder, TrainedEncoder(folder, device), exam, self.refused, warnings, seconds
        )
