"""Images handed over in any way; folders of them, saving, and sizes."""

import inspect
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import ConfigError, ImageError, WriteError
from triptych.frame.storage import images
from triptych.frame.storage.images import as_image, read, resize, save

RNG = np.random.default_rng(0)
COLORS = RNG.integers(0, 256, (3, 4, 3), dtype=np.uint8)


PHOTO = RNG.integers(0, 256, (5, 6, 3), dtype=np.uint8)
FRACTIONS = PHOTO.astype(np.float32) / 255


def png(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


# --- one door for images handed over in Python ---


@pytest.mark.parametrize("give", ["path", "text", "bytes", "bytearray", "memoryview", "file", "io"])
def test_files_are_taken_however_they_are_given(give: str, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save(path, PHOTO)
    data = path.read_bytes()
    given_ = {
        "path": path,
        "text": str(path),
        "bytes": data,
        "bytearray": bytearray(data),
        "memoryview": memoryview(data),
        "io": io.BytesIO(data),
    }
    if give == "file":
        with path.open("rb") as file:
            assert np.array_equal(as_image(file), PHOTO)
    else:
        assert np.array_equal(as_image(given_[give]), PHOTO)


def test_alpha_is_laid_on_white_wherever_it_comes_from() -> None:
    clear = np.dstack([PHOTO, np.zeros((5, 6), np.uint8)])
    half = np.dstack([PHOTO, np.full((5, 6), 128, np.uint8)])
    for rgba in (clear, half):
        expected = read(png(Image.fromarray(rgba)))
        for given_ in (
            rgba,
            rgba / np.float32(255),
            rgba.transpose(2, 0, 1),
            Image.fromarray(rgba),
        ):
            assert np.array_equal(as_image(given_), expected)
    assert (as_image(clear) == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_pil_images_of_every_mode_are_those_of_their_files(mode: str) -> None:
    image = Image.fromarray(PHOTO)
    image = image.convert("I").convert(mode) if mode == "I;16" else image.convert(mode)
    if mode == "F":
        assert as_image(image).shape == (5, 6, 3)
        return
    file = io.BytesIO()
    image.save(file, "TIFF" if mode == "CMYK" else "PNG")
    assert np.array_equal(as_image(image), read(file.getvalue()))


def test_a_pil_image_that_is_just_opened_is_turned_upright_and_not_changed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = png(Image.fromarray(PHOTO), exif=exif)
    opened = Image.open(io.BytesIO(data))
    assert np.array_equal(as_image(opened), read(data)) and as_image(opened).shape == (6, 5, 3)
    assert opened.size == (6, 5) and opened.getexif()[0x0112] == 6


def test_a_damaged_pil_image_is_told_with_its_name() -> None:
    opened = Image.open(
        io.BytesIO(png(Image.fromarray(RNG.integers(0, 256, (64, 64, 3), np.uint8)))[:900])
    )
    with pytest.raises(ImageError, match="photo 3 is a damaged picture"):
        as_image(opened, name="photo 3")


@pytest.mark.parametrize(
    "address", ["https://example.org/a.png", "HTTP://a/b", "s3://bucket/a.png", "data:image/png;x"]
)
def test_addresses_are_refused_in_words(address: str) -> None:
    with pytest.raises(ImageError, match=r"Expected a file, got the address .* Download it"):
        as_image(address)


def test_a_path_made_of_an_address_is_refused_as_that_address() -> None:
    for path in (Path("https://a.org/b.png"), Path("/home/me/https:/a.org/b.png")):
        with pytest.raises(ImageError, match=r"got the address https://a.org/b.png\. Download"):
            as_image(path)


def test_a_missing_file_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"Cannot read the picture .*none.png: no such file"):
        as_image(tmp_path / "none.png")


def test_other_types_are_refused_by_name() -> None:
    unchecked = inspect.unwrap(as_image)
    for source, name in (([PHOTO], "list"), (None, "NoneType"), (7, "int")):
        with pytest.raises(ImageError, match=f"Expected one image .* got {name}"):
            unchecked(source)


# --- folders of pictures ---


def test_folders_give_their_pictures_by_name(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "c.txt", ".hidden.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    other = Path("other.png")
    assert images.expand_paths([other, tmp_path]) == [other, tmp_path / "a.jpg", tmp_path / "b.PNG"]


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="Expected pictures in"):
        images.expand_paths([tmp_path])


# --- what goes out ---


@pytest.mark.parametrize("ending", [".png", ".tif", ".BMP"])
@pytest.mark.parametrize("channels", [1, 3])
def test_what_is_saved_is_read_again(tmp_path: Path, ending: str, channels: int) -> None:
    values = COLORS[..., :channels].copy()
    save(tmp_path / f"a{ending}", values)
    assert np.array_equal(read(tmp_path / f"a{ending}", channels=channels), values)


def test_alpha_is_kept_where_the_format_can(tmp_path: Path) -> None:
    values = np.full((16, 16, 4), (0, 0, 0, 51), np.uint8)
    for ending in ("png", "webp", "tiff"):
        save(tmp_path / f"a.{ending}", values)
        assert read(tmp_path / f"a.{ending}", channels=4)[0, 0, 3] == 51
    for ending in ("jpg", "bmp"):
        save(tmp_path / f"a.{ending}", values)
        assert read(tmp_path / f"a.{ending}")[0, 0].tolist() == [204, 204, 204]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "PNG"), ("a.b.JPG", "JPEG"), ("a.tif", "TIFF"), ("x/a.webp", "WEBP")],
)
def test_a_name_says_the_format(name: str, kind: str) -> None:
    assert images.format_of(name) == kind


@pytest.mark.parametrize("name", ["a", "a.gif", "a.mp3", ".png", "png", ""])
def test_a_name_of_no_format_we_write_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match=r"PNG, JPEG, WEBP, TIFF, BMP.*Name it \.png"):
        images.format_of(name)


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    for name in ("a.xyz", "a"):
        with pytest.raises(ConfigError, match="Expected the name of a picture"):
            save(tmp_path / name, COLORS)
    assert not list(tmp_path.iterdir())


def test_a_size_the_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="WEBP cannot hold 20000×1"):
        save(tmp_path / "a.webp", np.zeros((1, 20_000, 3), np.uint8))


def test_saving_where_there_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="there is no folder"):
        save(tmp_path / "none" / "a.png", COLORS)


# --- sizes ---


def test_shrinking_averages_areas() -> None:
    board = np.indices((8, 8)).sum(0).astype(np.uint8)[..., None] % 2 * 200
    assert (resize(board, 2, 2) == 100).all()


def test_resizing_mixes_shrinking_and_growing() -> None:
    stripes = np.tile(np.array([[0], [200]], np.uint8), (4, 3))[..., None]
    assert resize(stripes, 4, 9).shape == (4, 9, 1)
    assert (resize(stripes, 4, 9) == 100).all()
    assert resize(COLORS, 3, 4) is COLORS


def test_numbers_of_32_bits_are_scaled_by_what_they_hold() -> None:
    grey = np.array([[0, 100, 255]], np.int32)
    assert as_image(Image.fromarray(grey))[0, :, 0].tolist() == [0, 100, 255]
