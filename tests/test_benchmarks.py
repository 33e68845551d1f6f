"""The benchmarks measure something; how much is not for tests to say."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmarks.augmentation import augmentation
from benchmarks.detection import paste
from benchmarks.drawing import drawing
from benchmarks.encoding import HANDED, encoding
from benchmarks.gallery import Faces, gallery
from benchmarks.head_balance import step_costs, trained
from benchmarks.machine import machine
from benchmarks.opening import opening
from benchmarks.overhead import overhead
from benchmarks.pointing import inside, pointing
from benchmarks.runtimes import runtimes
from benchmarks.side_light import light_from_side
from benchmarks.speed import speed
from benchmarks.style import compared, sizes, style
from torch import Tensor

from triptych.faces.detection.face import Face, RGBImage
from triptych.faces.detection.template import ARCFACE_112X96
from triptych.faces.encoders._encoder import Crops, Encoder, Vectors, l2_normalize
from triptych.frame.storage import images
from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import to_onnx
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.info import DatasetInfo
from triptych.style.objectives.objective import LossAndGradient, ScaleInputs
from triptych.style.optimization.config import StepLog
from triptych.style.schedule import Schedule


def test_the_parts_of_a_step_add_up_to_less_than_the_step(few_digits: Path) -> None:
    (row,) = overhead(["circled-digits"], str(few_digits), 2)
    parts = [row[f"{part} ms"] for part in ("forward", "loss", "backward", "optimizer")]
    assert all(part > 0 for part in parts)
    assert abs(sum(parts) + row["outside ms"] - row["step ms"]) < 0.05  # each is rounded
    assert 0 < row["outside share"] < 1


def test_training_and_prediction_are_timed_beside_a_bare_loop(few_digits: Path) -> None:
    rows = speed(["circled-digits"], str(few_digits), 1, 1)
    assert [row["work"] for row in rows] == ["train", "predict"]
    assert all(row["ratio"] > 0 for row in rows)


def test_augmentation_is_timed_beside_a_training_step() -> None:
    rows = augmentation(1, batch=4, side=32)
    assert [row["setting"] for row in rows] == ["light", "strong", "strong, mosaic"]
    assert all(row["ratio"] > 0 for row in rows)


class Means(Encoder):
    """The mean colors of a crop."""

    name, fingerprint, template = "means", "means-1", ARCFACE_112X96
    height, width, channels, size = 112, 96, 3, 3

    def encode(self, crops: Crops) -> Vectors:
        return l2_normalize(crops.mean((1, 2)).astype(np.float32) + 1, self.name)


class Everywhere:
    """One face, as large as the photo."""

    def detect(self, photo: RGBImage) -> list[Face]:
        return [Face(0, 0, 96, 112, np.array(ARCFACE_112X96.points, np.float32), 1.0)]


def test_the_reader_is_timed_beside_photos_one_at_a_time(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    for number in range(3):
        (tmp_path / "ann").mkdir(exist_ok=True)
        pixels = chance.integers(0, 256, (112, 96, 3)).astype(np.uint8)
        images.save(tmp_path / "ann" / f"{number}.png", pixels)
    rows = encoding(str(tmp_path), 1, encoders={"means": Means()}, finder=Everywhere())
    photos = ["find, align, encode", "find, align, encode, of 12 million pixels"]
    assert [row["work"] for row in rows] == photos + ["encode crops"] * len(HANDED)
    assert all(row["photos/s"] > 0 and row["one at a time photos/s"] > 0 for row in rows)


def test_encoding_without_photos_says_so_and_stops_nothing() -> None:
    (row,) = encoding(None, 1)
    assert row["work"] == "left out" and "lfw-subset" in row["why"]


def test_made_up_faces_resemble_real_ones() -> None:
    faces = Faces()
    people = faces.people(300)
    first, second = (faces.photos(people).astype(float) for _ in range(2))
    squares = 2 - 2 * first @ second.T
    same = np.eye(300, dtype=bool)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    assert abs(squares[same].mean() - 0.74) < 0.05 and abs(squares[same].std() - 0.22) < 0.05
    assert abs(squares[~same].mean() - 1.87) < 0.02 and abs(squares[~same].std() - 0.22) < 0.03


def test_a_gallery_is_timed_beside_a_scan() -> None:
    single, batch = gallery(2000, 1, asked=80)
    assert single["recall@1 enrolled"] == 1 and single["recall@1 strangers"] == 1
    assert all(row["gallery queries/s"] > 0 and row["index MB"] == 0 for row in (single, batch))


def test_the_machine_is_described_so_that_figures_can_be_compared() -> None:
    told = machine()
    assert told["cores"] == os.cpu_count() and told["threads"] >= 1
    assert told["torch"] == torch.__version__ and isinstance(told["bf16"], bool)
    assert told["processor"] and told["processor"].strip() == told["processor"]
    assert told["load"] >= 0 and re.fullmatch(r"3\.\d+\.\d+.*", told["python"])


def test_lines_near_their_shape_take_less_time_than_at_every_pixel() -> None:
    box, circle = drawing(1)
    assert (box["shape"], circle["shape"]) == ("box", "circle")
    assert box["ratio to every pixel"] < 0.5 and circle["ratio to every pixel"] < 0.5


def test_opening_is_timed_more_than_once() -> None:
    (row,) = opening(1)
    assert row["command"] == "triptych --help" and 0 < row["median s"] <= row["longest s"]


def test_runtimes_are_timed_on_one_file() -> None:
    pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
    card = DatasetInfo("drawn", 1, 32, 32, ("label",), ("cat", "dog"))
    content = to_onnx(ExportedModel(MultitaskModel(card, ["label"]).eval()).eval(), {})
    (row,) = runtimes(content, 0.01, (2,))
    assert row["images at once"] == 2 and row["onnxruntime ms"] > 0


class Blank:
    """Wants a picture all black, which costs 1; its style is how bright a picture is."""

    name = "blank"
    schedule = Schedule((3, 2))
    device = torch.device("cpu")

    def min_size(self) -> int:
        return 1

    def objective(self, scene: ScaleInputs) -> "Blank":
        return self

    def evaluate(self, picture: Tensor) -> LossAndGradient:
        parts = {"content": 0.5, "style/light": 1 + float(picture.mean()), "style/half": 0.0}
        return LossAndGradient(1 + float((picture**2).sum()), parts, 2 * picture)


def test_coarse_to_fine_is_timed_beside_one_scale() -> None:
    rows = style("", size=24, single=10, pairs=[("chicago", "great_wave_hokusai")], method=Blank())
    assert [row["way"] for row in rows] == ["one scale", "coarse to fine", "longer"]
    alone, usual, longer = rows
    assert alone["steps"] <= 10 and usual["steps"] == longer["steps"] == 3
    assert alone["total"] == 1 and alone["as low at share of time"] <= 1


def test_a_painting_is_compared_at_its_last_scale() -> None:
    alone = [StepLog(0, 512, step, 3.0 * step, 5.0 - step, {}) for step in (1, 2, 3)]
    coarse = [
        StepLog(0, 256, 1, 0.5, 1.0, {}),
        StepLog(1, 512, 1, 2.0, 2.2, {}),
        StepLog(1, 512, 2, 4.5, 2.0, {}),
    ]
    row = compared(coarse, alone)
    assert (row["size"], row["steps"], row["seconds"], row["total"]) == (512, 3, 4.5, 2.0)
    assert row["as low at share of time"] == 0.5  # 4.5 of 9 seconds
    assert row["above it at 1/3 of time"] == "10.00 %"  # 2.2 after 2 seconds
    early = compared(coarse[:2], alone)
    assert early["as low at share of time"] == "never"
    assert compared(coarse[-1:], alone)["above it at 1/3 of time"] == "not there"


def test_pictures_of_two_sizes_are_judged_at_one() -> None:
    one, other = sizes("", (20, 40), 10, method=Blank())
    assert (one["painted at"], other["painted at"]) == (20, 40)
    assert one["times"] == 1 and one["seen at"] == other["seen at"] == 10
    assert 0.5 <= one["style"] < 0.75  # half of 1 and of the brightness that is left


def test_light_from_a_side_darkens_one_half_of_a_face() -> None:
    points = np.array([[40, 50], [60, 50], [50, 60], [42, 70], [58, 70]], np.float32)
    face = Face(30, 30, 70, 80, points, 1.0)
    image = np.full((100, 100, 3), 200, np.uint8)
    changed = [light_from_side(image, face, np.random.default_rng(seed)) for seed in range(30)]
    lit = [each for each in changed if not np.array_equal(each, image)]
    assert 10 <= len(lit) <= 29
    for each in lit:
        halves = sorted([each[40:80, 20:35].mean(), each[40:80, 65:80].mean()])
        assert halves[0] < 0.75 * halves[1] and halves[1] > 150


def test_faces_are_pasted_where_their_boxes_say() -> None:
    photo = np.zeros((100, 100, 3), np.uint8)
    photo[20:60, 30:70] = 255
    face = Face(30, 20, 70, 60, np.zeros((5, 2), np.float32), 1.0)
    ground = np.full((400, 500, 3), 90, np.uint8)
    scene, boxes = paste(np.random.default_rng(0), [(photo, face)], ground, np.array([40, 20, 20]))
    assert len(boxes) == 3
    for left, top, right, bottom in boxes.round().astype(int):
        assert scene[top + 1 : bottom - 1, left + 1 : right - 1].min() > 200
    assert (ground == 90).all()


def test_a_map_points_into_the_box_where_its_hottest_pixel_is() -> None:
    box = inside(torch.tensor([[1.0, 0.0, 3.0, 2.0]]).expand(3, 4), (4, 5))
    assert box[0].nonzero().tolist() == [[0, 1], [0, 2], [1, 1], [1, 2]]
    heat = torch.zeros(3, 4, 5)
    heat[0, 1, 2], heat[0, 3, 3] = 3.0, 1.0
    heat[1, 3, 3], heat[1, 0, 1] = 4.0, 1.0
    heat[2, 0, 1] = -1.0  # what speaks against it is no heat
    expected = torch.tensor([[1, 0.75, 1], [0, 0.2, 1], [0, 0, 0]])
    torch.testing.assert_close(pointing(heat, box), expected)


def test_methods_that_weigh_heads_are_compared_and_timed(few_digits: Path) -> None:
    row = trained("gradnorm", {"digit": 9.0}, 0, source=str(few_digits), epochs=1, limit=64)
    assert row["learned"].keys() == {"digit", "box", "circle", "mask"}
    assert 0 <= row["digit/accuracy"] <= 1 and row["balance"] == "gradnorm"
    rows = step_costs(1, str(few_digits))
    assert next(row["step"] for row in rows) == "fixed" and all(row["ms"] > 0 for row in rows)
