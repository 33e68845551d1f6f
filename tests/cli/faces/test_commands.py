"""`triptych faces`: people enrolled, told and measured, and every slip in one line.

The encoder is a small ONNX file: the mean colour of each quarter of a crop, made a unit vector.
"""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, save

from triptych.frame.storage import images

from ..typed import Run, slip

SIDE = 16
COLOURS = {
    "Ada": (250, 40, 30),
    "Bob O'Neil; DROP TABLE people": (30, 240, 60),
    "Zoë 🙂": (20, 60, 250),
}
TINY = ("--encoder", "tiny.onnx", "--set", f"size={SIDE}x{SIDE}", "--set", "template=whole")


@pytest.fixture(autouse=True)
def encoder(run: Run, tmp_path: Path) -> None:
    """tiny.onnx: average pooling over quarters, flattened."""
    pool = helper.make_node("AveragePool", ["input"], ["mean"], kernel_shape=[8, 8], strides=[8, 8])
    flat = helper.make_node("Flatten", ["mean"], ["embedding"])
    shape = ["n", 3, SIDE, SIDE]
    taken = helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)
    given = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 12])
    graph = helper.make_graph([pool, flat], "tiny", [taken], [given])
    opset = [helper.make_opsetid("", 13)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=8), tmp_path / "tiny.onnx")


def photo(colour: tuple[int, int, int], seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(-25, 25, (SIDE, SIDE, 3))
    return np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """Three people, four photos each."""
    for person, colour in COLOURS.items():
        (tmp_path / "team" / person).mkdir(parents=True)
        for number in range(4):
            images.save(tmp_path / "team" / person / f"{number}.png", photo(colour, number))
    return tmp_path / "team"


@pytest.fixture
def gallery(run: Run, team: Path, tmp_path: Path) -> Path:
    assert run("faces", "enroll", team, "-g", "people.db", *TINY).status == 0
    return tmp_path / "people.db"


def test_two_photos_are_compared(run: Run, team: Path):
    first, second = team / "Ada/0.png", team / "Ada/1.png"
    done = run("faces", "verify", first, second, "--threshold", 0.5, *TINY)
    assert done.status == 0 and done.out.startswith("the same person: distance 0.0")
    other = team / "Zoë 🙂/0.png"
    done = run("faces", "verify", first, other, "--threshold", 0.5, "--json", *TINY)
    told = json.loads(done.out)
    assert told["same"] is False and told["distance"] > 0.5 and told["threshold"] == 0.5


def test_without_a_threshold_none_is_invented(run: Run, team: Path):
    done = run("faces", "verify", team / "Ada/0.png", team / "Ada/1.png", *TINY)
    slip(done, "faces calibrate")


def test_enrolled_twice_changes_nothing(run: Run, team: Path, gallery: Path):
    again = run("faces", "enroll", team, "-g", gallery, "--json", *TINY)
    counts = {"people": 3, "added": 0, "known": 12, "moved": 0}
    counts |= {"renewed": 0, "replaced": 0, "pruned": 0}
    lists = {"gone": [], "alike": [], "refused": [], "left_out": [], "notes": []}
    assert json.loads(again.out) == {**counts, **lists}


def test_what_enrolling_leaves_out_is_named(run: Run, team: Path, gallery: Path):
    (team / "Ada" / "notes.txt").write_text("tall")
    (team / "Eve.jpg").write_bytes(b"x")
    (team / "Zed").symlink_to(team / "Ada")
    done = run("faces", "enroll", team, "-g", gallery, "--json", *TINY)
    left_out = {each["photo"]: each["reason"] for each in json.loads(done.out)["left_out"]}
    assert left_out.keys() == {"Ada/notes.txt", "Eve.jpg", "Zed"}
    assert "no folder of a person" in left_out["Eve.jpg"] and "a link" in left_out["Zed"]
    assert all(f"left out: {reason}" in done.err for reason in left_out.values())


def test_people_are_told_and_strangers_are_unknown(run: Run, gallery: Path, tmp_path: Path):
    for name, colour in (("ada", COLOURS["Ada"]), ("stranger", (200, 200, 20))):
        images.save(tmp_path / f"{name}.png", photo(colour, 99))
    words = ("-g", gallery, "--threshold", 0.3, "--draw", "drawn", "--json", *TINY)
    done = run("faces", "identify", "ada.png", "stranger.png", *words)
    told = json.loads(done.out)["identities"]
    assert [each["person"] for each in told] == ["Ada", None]
    assert len(told[1]["candidates"]) == 3
    assert images.read(tmp_path / "drawn/ada.png").shape[0] > SIDE


def test_a_gallery_lists_whom_it_holds_and_lets_them_go(run: Run, gallery: Path):
    listed = json.loads(run("faces", "list", "-g", gallery, "--json").out)
    assert {each["person"]: each["photos"] for each in listed["people"]} == dict.fromkeys(
        COLOURS, 4
    )
    name = "Bob O'Neil; DROP TABLE people"
    assert run("faces", "remove", name, "-g", gallery).out == f"{name}: 4 photos removed.\n"
    slip(run("faces", "remove", "Adda", "-g", gallery), "Ada")
    assert name not in run("faces", "list", "-g", gallery).out


def test_one_bad_photo_stops_no_other(run: Run, team: Path):
    (team / "Ada/broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    (team / "Ada/text.png").write_text("not a picture")
    done = run("faces", "enroll", team, "-g", "people.db", "--json", *TINY)
    told = json.loads(done.out)
    assert done.status == 0 and told["added"] == 12
    assert [each["photo"] for each in told["refused"]] == ["Ada/broken.jpg", "Ada/text.png"]
    assert "Ada/broken.jpg" in done.err


def test_a_folder_of_bad_photos_is_a_slip(run: Run, tmp_path: Path):
    (tmp_path / "team/Ada").mkdir(parents=True)
    (tmp_path / "team/Ada/1.png").write_text("not a picture")
    done = run("faces", "enroll", "team", "-g", "people.db", *TINY)
    assert done.status == 2 and "None of 1 photos" in done.err


def test_encodings_are_printed_or_kept(run: Run, team: Path, tmp_path: Path):
    told = json.loads(run("faces", "encode", team / "Ada", *TINY).out)
    assert len(told["encodings"]) == 4
    assert np.linalg.norm(told["encodings"][0]["encoding"]) == pytest.approx(1, abs=1e-4)
    assert run("faces", "encode", team / "Ada", "--out", "ada.npz", *TINY).status == 0
    with np.load(tmp_path / "ada.npz", allow_pickle=False) as kept:
        assert kept["vectors"].shape == (4, 12) and str(kept["encoder"]) == told["encoder"]


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    """Twelve people of six photos each, in a zip."""
    chance = np.random.default_rng(5)
    with zipfile.ZipFile(tmp_path / "crowd.zip", "w") as packed:
        for person in range(12):
            colour = chance.integers(30, 220, 3)
            for number in range(6):
                images.save(tmp_path / "one.png", photo(tuple(colour.tolist()), number))
                packed.write(tmp_path / "one.png", f"person {person:02}/{number}.png")
    return tmp_path / "crowd.zip"


def test_a_calibration_serves_verify_and_gallery(run: Run, crowd: Path, team: Path, gallery: Path):
    words = ("--far", 0.05, "--out", "threshold.json", "--gallery", gallery, "--json", *TINY)
    found = json.loads(run("faces", "calibrate", crowd, *words).out)
    assert 0 < found["low"] <= found["threshold"] <= found["high"] < 2
    assert found["people"] == 12 and found["same"] == 12 * 15
    pair = (team / "Ada/0.png", team / "Ada/1.png")
    done = run("faces", "verify", *pair, "--calibration", "threshold.json", "--json", *TINY)
    told = json.loads(done.out)
    assert told["same"] and told["far"] == 0.05 and 0.5 < told["probability"] <= 1
    told = json.loads(run("faces", "identify", pair[0], "-g", gallery, "--json", *TINY).out)
    assert told["identities"][0]["person"] == "Ada" and told["far"] == 0.05


def test_a_rate_that_the_photos_cannot_support_is_refused(run: Run, crowd: Path):
    done = run("faces", "calibrate", crowd, "--far", 1e-6, *TINY)
    slip(done, "people")  # before any photo is read


def test_an_encoder_is_measured_with_a_report(run: Run, crowd: Path, tmp_path: Path):
    done = run("faces", "evaluate", crowd, "--out", "report", "--json", *TINY)
    told = json.loads(done.out)
    assert told["people"] == 12 and told["photos"] == 72
    assert 0.5 < told["metrics"]["verification/accuracy"] <= 1
    assert set(told["definitions"]) == set(told["metrics"])
    page = (tmp_path / "report/report.html").read_text()
    assert "person 00" not in page or "<script" not in page
    assert (tmp_path / "report/roc.png").exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("faces verify none.png none.png --threshold 1", "Cannot read the picture none.png"),
        ("faces verify TEXT TEXT --threshold 1", "Expected a picture"),
        ("faces verify ADA ADA --threshold 3", "between 0 and 2"),
        ("faces verify ADA ADA --calibration none.json", "Cannot read the calibration"),
        ("faces verify ADA ADA --faces some", "Choose from: all, largest, one"),
        ("faces enroll none -g people.db", "Expected a folder"),
        ("faces enroll empty -g people.db", "found no photo"),
        ("faces enroll TEAM -g mysql://x/y", "postgresql"),
        ("faces identify ADA -g none.db --threshold 1", "There is no gallery none.db"),
        ("faces identify ADA -g TEXT --threshold 1", "TEXT"),
        ("faces list -g TEXT", "TEXT"),
        ("faces calibrate TEAM --far 2", "2"),
        ("faces calibrate TEAM --far nan", "nan"),
        ("faces evaluate TEAM --pairs TEXT", "line 1"),
        ("faces evaluate TEAM --folds 1", "folds"),
    ],
)
def test_a_slip_is_told_in_one_line(run: Run, team: Path, tmp_path: Path, command: str, words: str):
    (tmp_path / "TEXT").write_text("just words")
    (tmp_path / "empty").mkdir()
    places = {"ADA": str(team / "Ada/0.png"), "TEAM": str(team)}
    before = sorted(tmp_path.rglob("*"))
    typed = [places.get(word, word) for word in command.split()]
    takes_encoder = typed[1] != "list"
    slip(run(*typed, *(TINY if takes_encoder else ())), words)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--encoder", "mobilfacenet"), "Did you mean 'mobilefacenet'"),
        (("--encoder", "none.onnx"), "none.onnx"),
        (("--encoder", "TEXT.onnx"), "TEXT.onnx"),
        (("--encoder", "tiny.onnx", "--set", "size=big"), "size"),
        (("--encoder", "tiny.onnx", "--set", "colours=rgb"), "colour"),
        (("--encoder", "team"), "team"),
    ],
)
def test_a_wrong_encoder_is_told(run: Run, team: Path, options: tuple[str, ...], words: str):
    (team.parent / "TEXT.onnx").write_text("just words")
    slip(run("faces", "encode", team / "Ada", *options), words)


def test_a_gallery_of_another_encoder_is_refused(run: Run, team: Path, gallery: Path):
    other = (*TINY, "--set", "scale=64")
    done = run("faces", "enroll", team, "-g", gallery, *other)
    slip(done, "was made with the encoder")
    done = run("faces", "identify", team / "Ada/0.png", "-g", gallery, "--threshold", 1, *other)
    slip(done, "was made with the encoder")


SMALL = ("--crop", "whole", "--height", 32, "--width", 32, "--epochs", 2, "--device", "cpu")


def test_a_trained_run_is_an_encoder(run: Run, crowd: Path, team: Path):
    done = run("faces", "train", crowd, "--out", "learnt", "--set", "steps=3", "--json", *SMALL)
    told = json.loads(done.out)
    assert done.status == 0 and 0 <= told["metrics"]["verification/eer"] <= 1
    assert set(told["definitions"]) == set(told["metrics"])
    done = run("faces", "encode", team / "Ada", "--encoder", "learnt")
    vectors = [each["encoding"] for each in json.loads(done.out)["encodings"]]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4) and len(vectors) == 4
    slip(run("faces", "train", crowd, "--out", "learnt", *SMALL), "--resume")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--set margins=1", "Did you mean 'margin'"),
        ("--margin -1", "margin"),
        ("--channels 2", "channels"),
        ("--encoder resnet", "scratch"),
        ("--encoder mobilefacenet --height 64", "112×96"),
        ("--photos 1", "photos"),
        ("--resume", "run folder"),
    ],
)
def test_a_wrong_training_is_told(run: Run, team: Path, words: str, expected: str):
    done = run("faces", "train", team, "--out", "learnt", "--crop", "whole", *words.split())
    slip(done, expected)


def test_people_with_one_photo_are_not_enough_to_train(run: Run, team: Path):
    for person in ("Ada", "Zoë 🙂"):
        for number in (1, 2, 3):
            (team / person / f"{number}.png").unlink()
    done = run("faces", "train", team, "--out", "learnt", *SMALL)
    assert done.status == 2 and "1 of 3 people have 2 photos or more" in done.err.splitlines()[-1]
