import pytest

from triptych.faces.photos.folder_layout import FolderLayout, folder_of, read_layout
from triptych.frame.errors import DataError, UnknownNameError


def people(*folders: str) -> dict[str, str]:
    return dict(read_layout(folders, "set").people)


def test_plain_folders_are_people_whatever_they_are_called():
    names = ("Ann", "train", "000", "2019", "Val")
    assert read_layout(names, "set") == FolderLayout({name: name for name in names})


@pytest.mark.parametrize(
    "parts",
    [
        ("train", "val"),
        ("gallery", "probe"),
        ("Train", "TEST"),
        ("000", "001"),
        ("fold_1", "fold2"),
        ("shard-00000-of-00010", "shard-00001-of-00010"),
        ("train_images", "test_images"),
    ],
)
def test_people_of_parts_are_joined_and_told(parts: tuple[str, str]):
    first, second = parts
    layout = read_layout([f"{first}/Ann", f"{first}/Bob", f"{second}/Ann"], "set")
    assert layout.people == {f"{first}/Ann": "Ann", f"{first}/Bob": "Bob", f"{second}/Ann": "Ann"}
    (note,) = layout.notes
    assert first in note and second in note and "1 people are in several of them" in note


def test_people_of_parts_may_be_numbers():
    assert people("train/0001", "val/0001", "val/7") == {
        "train/0001": "0001",
        "val/0001": "0001",
        "val/7": "7",
    }


def test_photos_beside_the_people_of_a_part_are_nobodys():
    assert people("train", "train/Ann")["train"] == ""


def test_folders_in_a_persons_folder_are_that_persons():
    layout = read_layout(["Ann", "Ann/2019", "Ann/2019/spring", "Ann/holiday", "Bob"], "set")
    assert set(layout.people.values()) == {"Ann", "Bob"}
    assert "Ann/2019, Ann/2019/spring, Ann/holiday" in layout.notes[0]
    # no photo of its own
    assert set(people("Ann/2019-05", "Ann/garden", "Bob/images", "Val/2019", "Cid").values()) == {
        "Ann",
        "Bob",
        "Val",
        "Cid",
    }


def test_albums_of_the_same_name_are_no_person():
    assert set(people("Ann/images", "Bob/images", "0001/images").values()) == {"Ann", "Bob", "0001"}


def test_parts_of_parts_and_albums_in_parts_are_read_too():
    layout = read_layout(["lfw/train/Ann/2019", "lfw/val/Ann", "lfw/val/000/Bob"], "set")
    assert layout.people == {
        "lfw/train/Ann/2019": "lfw/Ann",
        "lfw/val/Ann": "lfw/Ann",
        "lfw/val/000/Bob": "lfw/Bob",
    }


def test_other_folders_of_folders_are_part_of_the_name_and_told():
    layout = read_layout(["night/Ann", "day/Bob", "Cid"], "set")
    assert layout.people == {"night/Ann": "night/Ann", "day/Bob": "day/Bob", "Cid": "Cid"}
    assert layout.notes == ("people are named by the folders they lie in: day/Bob, night/Ann.",)


@pytest.mark.parametrize(
    "folders, told",
    [
        (("night/Ann", "day/Ann"), "is day/Ann the same person as night/Ann?"),
        (("old/Ann", "Ann"), "is Ann the same person as old/Ann?"),
        (("train/Ann", "sales/Ann"), "is Ann the same person as sales/Ann?"),
        (("000/000123", "001/7"), "is 000 a person, or 000/000123?"),
        (("casia/0001", "casia/0002"), "is casia a person, or casia/0001?"),
        (("Ann/0", "Bob/0"), "is Ann a person, or Ann/0?"),
    ],
)
def test_what_would_be_a_guess_is_refused(folders: tuple[str, ...], told: str):
    with pytest.raises(DataError) as caught:
        read_layout(folders, "set")
    message = str(caught.value)
    assert told in message and message.startswith("set: ") and "--person-folder" in message
    assert "\n" not in message


def test_what_is_said_is_obeyed():
    folders = ["night/Ann", "day/Ann", "Ann/0/1"]
    for word, expected in {
        "first": ["night", "day", "Ann"],
        "last": ["Ann", "Ann", "1"],
        "path": folders,
    }.items():
        layout = read_layout(folders, "set", word)
        assert [layout.people[folder] for folder in folders] == expected
    with pytest.raises(UnknownNameError, match="Did you mean 'last'"):
        read_layout(folders, "set", "lastt")


def test_a_note_names_a_few_only():
    (note,) = read_layout([f"group/p{index:03}x" for index in range(900)], "set").notes
    assert note.endswith("and 895 more.") and len(note) < 200


def test_accents_have_one_spelling():
    assert folder_of("Zoe\u0308/1.jpg") == "Zo\u00eb" and folder_of("1.jpg") == ""
