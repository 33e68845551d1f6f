"""Answers about any picture, in that picture's own pixels."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from triptych.frame.errors import ImageError, RunError
from triptych.frame.storage import images
from triptych.multitask import DatasetInfo, load, open_dataset
from triptych.multitask.inference import predictor as module
from triptych.multitask.inference.prediction import Prediction
from triptych.multitask.inference.predictor import Predictor
from triptych.multitask.inference.torch_network import TorchNetwork
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.preprocessing.whole_image import border_color, convert_channels


@pytest.fixture(scope="module")
def predictor(trained_run: Path) -> Predictor:
    return load(trained_run, device="cpu")


class Bright(torch.nn.Module):
    """Stands in for a trained model: its mask is what is bright, its box around that, exactly."""

    def __init__(self, info: DatasetInfo):
        super().__init__()
        self.info, self.model = info, MultitaskModel(info, ["box", "mask"])
        self.heads = self.model.heads

    def forward_with_novelty(self, pictures: torch.Tensor) -> tuple[dict, torch.Tensor]:
        """What is very wide is novel."""
        from triptych.multitask.structures.geometry import mask_to_box

        bright = pictures.mean(1) > 0.5
        box = mask_to_box(bright)
        wide = (box[:, 2] - box[:, 0]) / (box[:, 3] - box[:, 1]).clamp(min=0.1) / 2
        return {"box": box, "mask": (bright.float() - 0.5) * 20}, wide


def bright(ground: str = "any", channels: int = 1, **more: str) -> Predictor:
    info = DatasetInfo("spots", channels, 28, 28, ("box", "mask"), background=ground, **more)
    network = object.__new__(TorchNetwork)
    network.device, network.flip_average = torch.device("cpu"), False
    network.model = Bright(info)  # type: ignore[assignment]
    return Predictor(network)


def spot(height: int, width: int, left: int, top: int, side: int) -> np.ndarray:
    picture = np.zeros((height, width, 1), np.uint8)
    picture[top : top + side, left : left + side] = 255
    return picture


@pytest.mark.parametrize(
    ("height", "width", "left", "top", "side"),
    [
        (280, 280, 40, 120, 100),
        (280, 560, 400, 100, 100),
        (1120, 280, 80, 960, 80),
        (28, 28, 3, 9, 7),
    ],
)
def test_places_are_in_pixels_of_the_picture(
    height: int, width: int, left: int, top: int, side: int
):
    found = bright().predict(spot(height, width, left, top, side))
    assert (found.pixels.shape[0], found.pixels.shape[1]) == (height, width)
    box, mask = found.annotations["box"], found.annotations["mask"]
    cell = max(height, width) / 28  # pixels of the picture to a pixel the model sees
    expected = [left, top, left + side, top + side]
    assert list(vars(box).values()) == pytest.approx(expected, abs=cell)
    assert mask.pixels.shape == (height, width)
    assert mask.pixels.sum() == pytest.approx(side**2, rel=0.15)


def test_dark_ink_on_light_paper_is_inverted_where_the_model_knows_the_other():
    picture = 255 - spot(56, 56, 20, 12, 16)
    found = bright("dark").predict(picture)
    assert found.inverted
    assert list(vars(found.annotations["box"]).values()) == pytest.approx([20, 12, 36, 28], abs=2)
    assert np.array_equal(found.pixels, picture.repeat(3, 2))
    assert not bright("any").predict(picture).inverted
    assert not bright("dark").predict(255 - picture).inverted


@pytest.mark.parametrize(("way", "inverted"), [("yes", True), ("no", False)])
def test_inversion_can_be_settled(trained_run: Path, way: str, inverted: bool):
    for level in (0, 255):
        picture = np.full((28, 28, 1), level, np.uint8)
        assert load(trained_run, device="cpu", invert=way).predict(picture).inverted is inverted


def test_inverting_by_hand_or_by_itself_is_the_same(predictor: Predictor):
    picture = spot(64, 50, 20, 20, 20)
    told = [predictor.predict(p).to_dict()["answers"] for p in (picture, 255 - picture)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (1, 1, 3), (28, 28, 1), (30, 40, 3), (1, 500, 3), (500, 1, 1)], ids=str
)
def test_pictures_of_any_shape_are_answered(predictor: Predictor, shape: tuple[int, int, int]):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    found = predictor.predict(picture)
    assert set(found.annotations) == {"digit", "box", "circle", "mask"}
    assert found.annotations["mask"].pixels.shape == shape[:2]
    assert found.to_dict()["width"] == shape[1] and found.to_dict()["height"] == shape[0]
    assert predictor.draw(found).dtype == np.uint8


def test_a_picture_has_the_answers_it_has_in_a_crowd(predictor: Predictor):
    pictures = [spot(28 + n, 40, 5 + n, 9, 12) for n in range(5)]
    together = [found.to_dict()["answers"] for found in predictor.predict_all(pictures)]
    alone = [predictor.predict(picture).to_dict()["answers"] for picture in pictures]
    for one, other in zip(together, alone):
        assert one["digit"]["name"] == other["digit"]["name"]
        assert one["box"] == pytest.approx(other["box"], abs=0.02)
        assert one["circle"] == pytest.approx(other["circle"], abs=0.02)


def ring(image: np.ndarray, left: int, top: int, right: int, bottom: int) -> None:
    """Draw a hollow rectangle of dark ink, its outer edges at these sides."""
    image[top:bottom, left:right] = 40
    image[top + 8 : bottom - 8, left + 8 : right - 8] = 200


def test_each_character_is_answered_in_the_photographs_pixels():
    photo = np.full((300, 400, 1), 200, np.uint8)
    sides = [(40, 30, 90, 110), (150, 40, 210, 120), (60, 180, 110, 260)]
    for each in sides:
        ring(photo, *each)
    found = bright("dark", input="ink").predict(photo)
    assert found.inverted and not found.unfamiliar and len(found.objects) == 3
    for one, expected in zip(found.objects, sides):
        assert list(vars(one["box"]).values()) == pytest.approx(expected, abs=4)
        ink = np.zeros((300, 400), bool)
        left, top, right, bottom = expected
        ink[top:bottom, left:right] = photo[top:bottom, left:right, 0] < 100
        mask = one["mask"].pixels
        assert (mask & ink).sum() > 0.6 * (mask | ink).sum()
    assert found.annotations is found.objects[0]
    assert [list(answer) for answer in found.to_dict()["answers"]] == [["box", "mask"]] * 3
    assert str(found).startswith("3 found: ")
    drawn = bright("dark", input="ink").draw(found)
    assert len(drawn) > 300 and drawn.shape[1:] == (400, 3)  # with a legend below


def test_what_is_unlike_all_that_was_learned_is_no_character():
    photo = np.full((300, 400, 1), 200, np.uint8)
    ring(photo, 100, 120, 260, 170)
    found = bright("dark", input="ink").predict(photo)
    assert found.objects == () and found.unfamiliar
    assert found.to_dict()["answers"] == [] and found.to_dict()["unfamiliar"]
    assert "unlike" in str(found)
    ring(photo, 40, 30, 90, 110)
    found = bright("dark", input="ink").predict(photo)
    assert len(found.objects) == 1 and not found.unfamiliar
    whole = bright("any").predict(spot(28, 28, 2, 9, 5)[:, :, :].repeat(3, 1)[:28])
    assert whole.objects and whole.unfamiliar and "hardly to be trusted" in str(whole)


def test_an_empty_sheet_has_nothing_on_it():
    found = bright("dark", input="ink").predict(np.full((300, 400, 1), 200, np.uint8))
    assert found.objects == () and found.annotations == {} and not found.unfamiliar
    assert str(found) == "nothing found"


def test_boxes_lie_within_the_image():
    found = bright().predict(np.full((30, 10, 1), 255, np.uint8))
    box = list(vars(found.annotations["box"]).values())
    assert box == pytest.approx([0, 0, 10, 30]) and box[2] <= 10 and box[3] <= 30


def test_light_ink_on_a_clear_ground_is_seen(tmp_path: Path):
    rgba = np.zeros((120, 120, 4), np.uint8)
    rgba[30:90, 40:80] = 255
    rgba[40:80, 50:70] = (255, 255, 255, 0)
    Image.fromarray(rgba).save(tmp_path / "clear.png")
    (one,) = bright("dark", input="ink").predict(tmp_path / "clear.png").objects
    assert list(vars(one["box"]).values()) == pytest.approx([40, 30, 80, 90], abs=4)


def test_an_image_is_taken_however_it_is_given(predictor: Predictor, tmp_path: Path):
    image = spot(40, 30, 8, 9, 14)
    path = tmp_path / "spot.png"
    images.save(path, image)
    expected = predictor.predict(image).to_dict()["answers"]
    for given in (
        path,
        path.read_bytes(),
        Image.fromarray(image[..., 0]),
        image[..., 0],
        image[..., 0] / 255,
        torch.from_numpy(image).permute(2, 0, 1) / 255,
    ):
        assert predictor.predict(given).to_dict()["answers"] == expected
    stack = torch.from_numpy(image).permute(2, 0, 1)[None].repeat(2, 3, 1, 1)
    for prediction in predictor.predict_all(stack):
        assert prediction.to_dict()["answers"]["digit"]["name"] == expected["digit"]["name"]
    with pytest.raises(ImageError, match="Pass several to `predict_all`"):
        predictor.predict(stack)


def test_images_are_read_as_predictions_are_asked_for(predictor: Predictor, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    sizes: list[int] = []
    predict_batch = Predictor._predict_batch
    monkeypatch.setattr(
        Predictor,
        "_predict_batch",
        lambda self, named: sizes.append(len(named)) or predict_batch(self, named),
    )
    answers = predictor.predict_batches([spot(28, 28, 9, 9, 9)] * 5)
    assert next(answers).name == "image 0" and sizes == [2]
    assert [one.name for one in answers] == [f"image {n}" for n in (1, 2, 3, 4)]
    assert sizes == [2, 2, 1]
    monkeypatch.setattr(module, "BATCH_PIXELS", 28 * 28)
    assert len(list(predictor.predict_batches([spot(28, 28, 9, 9, 9)] * 3))) == 3
    assert sizes[3:] == [1, 1, 1]


def test_what_is_no_image_is_left_out_where_that_is_asked_for(predictor: Predictor):
    given, skipped = [b"text", spot(28, 28, 9, 9, 9), b""], []
    found = predictor.predict_batches(given, skip=lambda name, error: skipped.append((name, error)))
    assert [one.name for one in found] == ["image 1"]
    assert [name for name, _ in skipped] == ["image 0", "image 2"]
    assert "image 0" in str(skipped[0][1])
    with pytest.raises(ImageError, match="image 0"):
        predictor.predict_all(given)


def test_answers_are_those_of_the_model_itself(predictor: Predictor, few_digits: Path):
    batch = open_dataset("digits", str(few_digits)).batch("test", torch.arange(4))
    with torch.no_grad():
        outputs = predictor.network.model(batch.images)
    pixels = [(image[0] * 255).round().byte().numpy()[..., None] for image in batch.images]
    for row, found in enumerate(predictor.predict_all(pixels)):
        expected = outputs["box"][row].tolist()
        assert list(vars(found.annotations["box"]).values()) == pytest.approx(expected, abs=1e-2)


def test_files_are_named_and_read(predictor: Predictor, tmp_path: Path):
    images.save(tmp_path / "one.png", spot(28, 28, 5, 5, 9))
    found = predictor.predict(tmp_path / "one.png")
    assert found.name == str(tmp_path / "one.png")
    with pytest.raises(ImageError, match="Cannot read the picture"):
        predictor.predict(tmp_path / "none.png")
    pair = predictor.predict_all([spot(9, 9, 1, 1, 3)] * 2, names=["a", "b"])
    assert [each.name for each in pair] == ["a", "b"]
    assert predictor.predict_all([]) == []
    assert [one.name for one in predictor.predict_all(tmp_path / "one.png")] == [found.name]
    with pytest.raises(ImageError, match="a name for each image, got 1 names"):
        predictor.predict_all([spot(9, 9, 1, 1, 3)] * 2, names=["a"])


def test_no_run_is_told(tmp_path: Path):
    with pytest.raises(RunError, match="Expected a finished run"):
        load(tmp_path)


def test_grey_and_color_become_each_other():
    color = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert convert_channels(color, 1)[0, :, 0].tolist() == [76, 150, 29]
    assert convert_channels(color, 3) is color
    assert convert_channels(color[..., :1], 3).tolist() == [[[255] * 3, [0] * 3, [0] * 3]]


def test_the_border_is_the_color_most_of_the_rim_has():
    picture = np.full((9, 9, 3), (10, 200, 30), np.uint8)
    picture[2:7, 2:7] = 255
    picture[0, :3] = 0
    assert border_color(picture).tolist() == [10, 200, 30]


def test_a_drawing_says_that_nothing_was_found(predictor: Predictor):
    nothing = Prediction("blank", np.full((30, 200, 3), 255, np.uint8), (), False)
    drawn = predictor.draw(nothing)
    assert drawn.shape[1] == 200 and len(drawn) > 30
    assert (drawn[:30] == 255).all() and (drawn[30:].min((1, 2)) < 128).any()


def test_answers_may_be_those_of_each_picture_and_its_mirror(trained_run: Path):
    picture = spot(28, 28, 3, 9, 12)
    (plain,) = load(trained_run, device="cpu").predict(picture).objects
    (mean,) = load(trained_run, device="cpu", flip_average=True).predict(picture).objects
    (mirrored,) = load(trained_run, device="cpu").predict(picture[:, ::-1].copy()).objects
    x = (plain["circle"].x + 28 - mirrored["circle"].x) / 2
    assert mean["circle"].x == pytest.approx(x, abs=1e-3) != pytest.approx(plain["circle"].x)


def test_intervals_are_told_and_drawn_in_pixels_of_the_picture():
    predictor = bright()
    picture = spot(56, 56, 20, 12, 20)  # twice the canvas
    assert predictor.predict(picture).intervals == ({},)
    assert "intervals" not in predictor.predict(picture).to_dict()
    assert isinstance(predictor.network, TorchNetwork)
    predictor.network.model.heads["box"].get_buffer("margins").copy_(torch.tensor([0.2, 0.1]))
    found = predictor.predict(picture)
    told = found.to_dict()["intervals"]["box"]
    assert found.annotations["box"].to_dict() == {"left": 20, "top": 12, "right": 40, "bottom": 32}
    assert told["outer"] == {"left": 16, "top": 8, "right": 44, "bottom": 36}
    assert told["inner"] == {"left": 22, "top": 14, "right": 38, "bottom": 30}
    plain, drawn = predictor.draw(found), predictor.draw(found, intervals=True)
    assert plain.shape == drawn.shape and (plain != drawn).any()
