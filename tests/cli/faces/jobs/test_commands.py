"""`triptych faces jobs`: a folder is queued, enrolled by workers, and every slip is one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, save

from triptych.frame.storage import images

from ...typed import Run, slip

TINY = ("--encoder", "tiny.onnx", "--set", "size=4x4", "--set", "template=whole")


@pytest.fixture(autouse=True)
def folder(run: Run, tmp_path: Path) -> Path:
    """tiny.onnx, which makes a vector of a picture's 48 numbers; and a team of two."""
    flat = helper.make_node("Flatten", ["input"], ["embedding"])
    taken = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 3, 4, 4])
    given = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 48])
    graph = helper.make_graph([flat], "tiny", [taken], [given])
    opset = [helper.make_opsetid("", 13)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=8), tmp_path / "tiny.onnx")
    chance = np.random.default_rng(0)
    for person in ("Ada", "Bo"):
        (tmp_path / "team" / person).mkdir(parents=True)
        for number in range(3):
            drawn = chance.integers(0, 255, (4, 4, 3), np.uint8)
            images.save(tmp_path / "team" / person / f"{number}.png", drawn)
    return tmp_path / "team"


def test_a_folder_is_enrolled_from_the_queue(run: Run, folder: Path) -> None:
    (folder / "Ada" / "bad.png").write_bytes(b"no picture")
    (folder / "Ada" / "notes.txt").touch()
    queued = run("faces", "jobs", "add", "team", "-g", "people.db", *TINY)
    assert queued.status == 0 and "notes.txt" in queued.err
    assert queued.out == "7 photos added to the queue, 0 were in it, 1 files left out.\n"
    again = run("faces", "jobs", "add", "team", "-g", "people.db", *TINY, "--json")
    assert json.loads(again.out) == {"added": 0, "known": 7, "left_out": 1, "notes": []}
    before = json.loads(run("faces", "jobs", "status", "-g", "people.db", "--json").out)
    assert (before["waiting"], before["done"], before["seconds_left"]) == (7, 0, None)
    done = run("faces", "jobs", "work", "-g", "people.db", *TINY)
    assert done.status == 0
    assert done.out == "6 photos added, 0 known before, 0 moved, 1 refused.\n"
    after = run("faces", "jobs", "status", "-g", "people.db")
    assert after.out == "7 of 7 photos over (1 refused)\n" and "bad.png" in after.err
    people = json.loads(run("faces", "list", "-g", "people.db", "--json").out)["people"]
    assert people == [{"person": "Ada", "photos": 3}, {"person": "Bo", "photos": 3}]
    assert run("faces", "jobs", "retry", "-g", "people.db").out.startswith("1 photos")
    slip_ = run("faces", "jobs", "work", "-g", "people.db", *TINY)
    assert slip_.status == 2 and "None of 1 photos could be enrolled" in slip_.err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("work", "There is no gallery people.db"),
        ("status", "There is no gallery people.db"),
        ("retry", "There is no gallery people.db"),
    ],
)
def test_a_queue_that_is_not_there_is_told(
    run: Run, tmp_path: Path, command: str, words: str
) -> None:
    options = TINY if command == "work" else ()
    slip(run("faces", "jobs", command, "-g", "people.db", *options), words)
    assert not (tmp_path / "people.db").exists()
    assert run("faces", "enroll", "team", "-g", "people.db", *TINY).status == 0
    slip(run("faces", "jobs", command, "-g", "people.db", *options), "has no queue")


def test_a_folder_that_is_not_there_leaves_no_gallery(run: Run, tmp_path: Path) -> None:
    slip(run("faces", "jobs", "add", "none", "-g", "people.db", *TINY), "cannot be read")
    assert not (tmp_path / "people.db").exists()


def test_tenants_share_nothing(run: Run, folder: Path) -> None:
    for tenant in ("acme", "other"):
        options = ("-g", "people.db", "--tenant", tenant)
        assert run("faces", "jobs", "add", "team", *options, *TINY).status == 0
    done = run("faces", "jobs", "work", "-g", "people.db", "--tenant", "acme", *TINY, "--json")
    assert json.loads(done.out)["added"] == 6
    counts = {}
    for tenant in ("acme", "other", ""):
        options = ("-g", "people.db", "--tenant", tenant, "--json")
        status = json.loads(run("faces", "jobs", "status", *options).out)
        people = json.loads(run("faces", "list", *options).out)["people"]
        counts[tenant] = (status["waiting"], status["done"], len(people))
    assert counts == {"acme": (0, 6, 2), "other": (6, 0, 0), "": (0, 0, 0)}
    options = ("-g", "people.db", "--tenant", "acme")
    for place, expected in ((options, ["Ada", "Bo"]), (options[:2], [])):
        rule = ("--threshold", "0.5", "--json")
        named = run("faces", "identify", folder / "Ada/0.png", *place, *TINY, *rule)
        (face,) = json.loads(named.out)["identities"]
        assert [each["person"] for each in face["candidates"]] == expected
    assert run("faces", "remove", "Ada", *options).status == 0
    assert run("faces", "enroll", "team", *options[:2], *TINY).status == 0
    assert len(json.loads(run("faces", "list", *options, "--json").out)["people"]) == 1
