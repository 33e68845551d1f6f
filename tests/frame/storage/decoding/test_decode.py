"""Pictures of every kind, made here byte by byte or by Pillow, read through the one door."""

import io
import struct
import tempfile
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from triptych.frame.errors import ImageError
from triptych.frame.storage.decoding import decode
from triptych.frame.storage.images import read

RNG = np.random.default_rng(0)
COLORS = RNG.integers(0, 256, (3, 4, 3), dtype=np.uint8)
GREYS = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def packed(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def bitmap(mode: str, values: np.ndarray) -> Image.Image:
    height, width = values.shape[:2]
    return Image.frombytes(mode, (width, height), values.tobytes())


def png(width: int, height: int, *, depth: int = 8, color: int = 0, rows: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


# --- what comes in ---


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM", "WEBP", "GIF"])
def test_formats_without_loss_give_the_pixels_back(kind: str) -> None:
    picture = Image.fromarray(COLORS)
    pixels = read(packed(picture, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert np.array_equal(pixels, COLORS)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_formats_with_loss_come_near(kind: str) -> None:
    plain = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    pixels = read(packed(Image.fromarray(plain), kind)).astype(int)
    assert abs(pixels - plain).max() <= 6


def test_paths_bytes_and_files_are_the_same_to_read(tmp_path: Path) -> None:
    data = packed(Image.fromarray(COLORS))
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with path.open("rb") as file, tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(data)
        spooled.seek(0)
        for given_ in (path, str(path), data, io.BytesIO(data), file, spooled):
            assert np.array_equal(read(given_), COLORS)


def test_the_name_need_not_tell_the_format(tmp_path: Path) -> None:
    (tmp_path / "really_png.jpg").write_bytes(packed(Image.fromarray(COLORS)))
    assert np.array_equal(read(tmp_path / "really_png.jpg"), COLORS)


def test_the_pixels_are_ours_to_change() -> None:
    pixels = read(packed(Image.fromarray(COLORS)))
    pixels[:] = 0
    assert pixels.flags.c_contiguous


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_grey_is_the_same_in_every_channel(channels: int) -> None:
    pixels = read(packed(Image.fromarray(GREYS)), channels=channels)
    assert pixels.shape == (3, 4, channels)
    assert np.array_equal(pixels[..., :3], np.repeat(GREYS[..., None], min(channels, 3), 2))
    assert (pixels[..., 3:] == 255).all()


def test_color_turns_grey_by_the_weights_of_itu_601() -> None:
    values = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 200, 90]]], np.uint8)
    # 0.299·255 = 76.2, 0.587·255 = 149.7, 0.114·255 = 29.1, 3.0 + 117.4 + 10.3 = 130.6
    assert read(packed(Image.fromarray(values)), channels=1)[0, :, 0].tolist() == [76, 150, 29, 131]


def test_alpha_is_laid_on_white_or_kept() -> None:
    values = np.array([[[100, 0, 200, 255], [100, 0, 200, 0], [100, 0, 200, 51]]], np.uint8)
    data = packed(Image.fromarray(values))
    # 51/255 = 0.2: 0.2·100 + 0.8·255 = 224, 0.8·255 = 204, 0.2·200 + 0.8·255 = 244
    assert read(data)[0].tolist() == [[100, 0, 200], [255, 255, 255], [224, 204, 244]]
    assert np.array_equal(read(data, channels=4), values)
    assert read(data, channels=1)[0, 1] == 255


def test_grey_with_alpha_is_laid_on_white() -> None:
    data = packed(bitmap("LA", np.array([[[0, 255], [0, 0], [0, 51]]], np.uint8)))
    assert read(data, channels=1)[0, :, 0].tolist() == [0, 255, 204]
    assert read(data, channels=4)[0].tolist() == [[0, 0, 0, 255], [0, 0, 0, 0], [0, 0, 0, 51]]


def test_palettes_with_and_without_transparency() -> None:
    picture = bitmap("P", np.array([[0, 1, 2]], np.uint8))
    picture.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    assert read(packed(picture))[0].tolist() == [[10, 20, 30], [40, 50, 60], [70, 80, 90]]
    one, some = packed(picture, transparency=1), packed(picture, transparency=b"\xff\x00\x33")
    assert read(one)[0].tolist() == [[10, 20, 30], [255, 255, 255], [70, 80, 90]]
    assert read(some, channels=4)[0, :, 3].tolist() == [255, 0, 51]
    assert read(packed(picture, "GIF", transparency=1), channels=4)[0, :, 3].tolist() == [
        255,
        0,
        255,
    ]


def test_a_transparent_color_of_grey_and_rgb() -> None:
    grey = packed(bitmap("L", np.array([[5, 9]], np.uint8)), transparency=9)
    color = packed(
        bitmap("RGB", np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)), transparency=(4, 5, 6)
    )
    assert read(grey, channels=1)[0, :, 0].tolist() == [5, 255]
    assert read(color)[0].tolist() == [[1, 2, 3], [255, 255, 255]]


def test_one_bit_is_black_and_white() -> None:
    picture = Image.fromarray(np.array([[True, False, True]]))
    for kind in ("PNG", "TIFF", "BMP", "PPM"):
        assert read(packed(picture, kind), channels=1)[0, :, 0].tolist() == [255, 0, 255]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled_not_clipped(kind: str) -> None:
    values = np.array([[0, 128, 129, 257, 25_700, 65_535]], np.uint16)
    pixels = read(packed(bitmap("I;16", values.astype("<u2")), kind), channels=1)
    assert pixels[0, :, 0].tolist() == [0, 0, 1, 1, 100, 255]


def test_big_endian_and_twelve_bit_tiff() -> None:
    def tiff(bits: int, rows: bytes, order: str = ">") -> bytes:
        tags = [(256, 2), (257, 1), (258, bits), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1)]
        tags += [(279, len(rows))]
        rows += b"\0" * (len(rows) % 2)
        folder = b"".join(struct.pack(order + "HHIHH", tag, 3, 1, value, 0) for tag, value in tags)
        if order == "<":
            folder = b"".join(struct.pack("<HHII", tag, 3, 1, value) for tag, value in tags)
        start = struct.pack(order + "HI", 42, 8 + len(rows))
        mark = b"MM" if order == ">" else b"II"
        return mark + start + rows + struct.pack(order + "H", len(tags)) + folder + b"\0" * 4

    assert read(tiff(16, struct.pack(">HH", 257, 65_535)), channels=1)[0, :, 0].tolist() == [1, 255]
    twelve = tiff(12, bytes([0x80, 0x0F, 0xFF]), "<")  # 0x800 and 0xFFF
    assert read(twelve, channels=1)[0, :, 0].tolist() == [128, 255]


def test_deep_netpbm_is_scaled_by_its_own_white() -> None:
    data = b"P5\n3 1\n1000\n" + np.array([0, 500, 1000], ">u2").tobytes()
    assert read(data, channels=1)[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 7, 255], [0, 7, 255]),
        ([0, 257, 65_535], [0, 1, 255]),
        ([-100, 20, 100], [0, 153, 255]),
        ([0, 600_000, 1_000_000], [0, 153, 255]),
        ([9, 9, 9], [9, 9, 9]),
        ([-5, -5, -5], [0, 0, 0]),
    ],
)
def test_thirty_two_bit_integers(values: list[int], expected: list[int]) -> None:
    data = packed(bitmap("I", np.array([values], np.int32)), "TIFF")
    assert read(data, channels=1)[0, :, 0].tolist() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.4, 1.0], [0, 102, 255]),
        ([0.0, 7.0, 255.0], [0, 7, 255]),
        ([-1.0, 0.2, 1.0], [0, 153, 255]),
        ([0.0, np.nan, 1.0], [0, 0, 255]),
        ([0.0, np.inf, 1.0], [0, 0, 255]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
        ([np.nan, np.nan, np.nan], [0, 0, 0]),
    ],
)
def test_fractions(values: list[float], expected: list[int]) -> None:
    data = packed(bitmap("F", np.array([values], np.float32)), "TIFF")
    assert read(data, channels=1)[0, :, 0].tolist() == expected


def test_cmyk_plain_and_inverted_by_adobe() -> None:
    ink = np.zeros((16, 16, 4), np.uint8)
    ink[:, :8] = (0, 255, 255, 0)  # no cyan: red
    ink[:, 8:] = (0, 0, 0, 255)  # black
    picture = bitmap("CMYK", ink)
    for data in (packed(picture, "TIFF"), packed(picture, "JPEG", quality=100, subsampling=0)):
        pixels = read(data).astype(int)
        assert abs(pixels[8, 2] - (255, 0, 0)).max() <= 3
        assert pixels[8, 13].max() <= 3
    assert b"Adobe" in packed(picture, "JPEG")  # which marks the inverted kind


def test_ycbcr_and_lab_tiff_become_rgb() -> None:
    luma = bitmap("YCbCr", np.full((2, 2, 3), (120, 128, 128), np.uint8))
    lab = Image.new("LAB", (2, 2), (255, 128, 128))  # L = 100, a = b = 0: white
    assert read(packed(luma, "TIFF"))[0, 0].tolist() == [120, 120, 120]
    assert read(packed(lab, "TIFF"))[0, 0].min() >= 254


def swapped_profile() -> bytes:
    """sRGB under another name, its red and blue lights exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"????"), (b"bXYZ", b"rXYZ"), (b"????", b"bXYZ")):
        profile = profile.replace(old, new, 1)
    return profile.replace("sRGB".encode("utf-16-be"), "abcd".encode("utf-16-be"))


def test_colors_follow_the_profile_into_srgb() -> None:
    plain = Image.new("RGB", (2, 2), (200, 100, 50))
    for kind in ("PNG", "TIFF"):
        pixel = read(packed(plain, kind, icc_profile=swapped_profile()))[0, 0].astype(int)
        assert abs(pixel - (50, 100, 200)).max() <= 1
    half = plain.convert("RGBA")
    half.putalpha(51)
    pixel = read(packed(half, icc_profile=swapped_profile()), channels=4)[0, 0].astype(int)
    assert abs(pixel - (50, 100, 200, 51)).max() <= 1


def test_a_profile_that_does_not_fit_changes_nothing() -> None:
    color, grey = Image.new("RGB", (1, 1), (200, 100, 50)), Image.new("L", (1, 1), 77)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"no profile"):
        assert read(packed(color, icc_profile=profile))[0, 0].tolist() == [200, 100, 50]
    assert read(packed(grey, icc_profile=swapped_profile()), channels=1)[0, 0, 0] == 77


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(kind: str, orientation: int) -> None:
    # four flat quarters survive the loss of JPEG: black, dark, light, white
    upright = np.kron(np.array([[0, 85], [170, 255]], np.uint8), np.ones((16, 24), np.uint8))
    as_stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[decode.ORIENTATION] = orientation
    stored = Image.fromarray(np.ascontiguousarray(as_stored)).convert("RGB")
    pixels = read(packed(stored, kind, exif=exif), channels=1)[..., 0].astype(int)
    assert pixels.shape == (32, 48)
    assert abs(pixels[8::16, 12::24] - upright[8::16, 12::24]).max() <= 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_as_pillow_turns_them(orientation: int) -> None:
    exif = Image.Exif()
    exif[decode.ORIENTATION] = orientation
    data = packed(Image.fromarray(COLORS), exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert np.array_equal(read(data), np.asarray(expected))


def test_broken_exif_does_not_spoil_a_picture() -> None:
    data = packed(Image.fromarray(COLORS), exif=b"Exif\0\0II*\0\xff\xff\xff\xff\x01")
    assert np.array_equal(read(data), COLORS)


def test_an_animation_gives_its_first_picture() -> None:
    frames = [Image.new("RGB", (4, 3), color) for color in ("red", "blue")]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        data = packed(frames[0], kind, save_all=True, append_images=frames[1:])
        assert abs(read(data)[0, 0].astype(int) - (255, 0, 0)).max() <= 3


@pytest.mark.parametrize("size", [(1, 1), (20_000, 30), (30, 20_000), (40_000, 1)])
def test_odd_sizes_are_read(size: tuple[int, int]) -> None:
    assert read(packed(Image.new("RGB", size))).shape == (size[1], size[0], 3)


# --- what is refused ---


def refused(data: bytes, words: str) -> None:
    with pytest.raises(ImageError, match=words) as told:
        read(data)
    assert "\n" not in str(told.value)


def test_what_is_no_picture_is_refused() -> None:
    refused(b"", "an empty file")
    refused(b"hello, this is text", "Expected a picture .*another kind of file")
    refused(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "another kind of file")
    refused(b"8BPS\0\1" + b"\0" * 40, "another kind of file")
    refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "another kind of file")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP", "PPM", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_cut_short_is_refused(
    kind: str, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    data = packed(noise, kind)
    refused(data[: int(len(data) * share)], "damaged|another kind")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
def test_a_damaged_compressed_tiff_is_refused(compression: str) -> None:
    noise = Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    data = bytearray(packed(noise, "TIFF", compression=compression))
    data[2000:4000] = b"\xff" * 2000
    refused(bytes(data), "damaged")


def test_damage_inside_is_refused() -> None:
    data = bytearray(packed(Image.fromarray(COLORS)))
    data[45] ^= 0xFF
    refused(bytes(data), "damaged")


def test_more_pixels_than_allowed_are_refused_before_they_are_unpacked() -> None:
    refused(png(10_001, 10_000), "at most 100 million pixels, got 10001×10000")
    refused(png(2**31 - 1, 2**31 - 1), "at most 100 million pixels")


def test_many_pixels_are_read_without_a_warning() -> None:
    rows = (b"\0" + b"\0" * 1250) * 10_000  # 1 bit a pixel, 10,000 × 10,000
    assert read(png(10_000, 10_000, depth=1, rows=rows), channels=1).shape == (10_000, 10_000, 1)


def test_sizes_of_nothing_are_refused() -> None:
    refused(png(0, 5), "damaged|another kind|0×5")


def test_folders_missing_files_and_devices_are_refused(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path, "a folder"),
        (tmp_path / "none.png", "none.png: no such file"),
        (Path("/dev/null"), "no plain file"),
        (tmp_path / ("a" * 300), "too long"),
        (tmp_path / "a\0b", "null"),
    ):
        with pytest.raises(ImageError, match=words):
            read(path)


def test_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("text")
    with pytest.raises(ImageError, match=r"notes\.txt"):
        read(tmp_path / "notes.txt")
    with (
        (tmp_path / "notes.txt").open("rb") as file,
        pytest.raises(ImageError, match=r"notes\.txt"),
    ):
        read(file)


@given(st.binary(max_size=200), st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"]))
def test_any_bytes_give_pixels_or_bad_image(noise: bytes, kind: str) -> None:
    data = packed(Image.fromarray(COLORS), kind)
    for untrusted in (noise, data[: len(noise)] + noise, data[:-20] + noise):
        try:
            assert read(untrusted).dtype == np.uint8
        except ImageError as error:
            assert "\n" not in str(error)


def test_many_threads_read_at_once() -> None:
    data = packed(Image.fromarray(COLORS), "TIFF")
    found: list[bool] = []

    def work() -> None:
        found.extend(np.array_equal(read(data), COLORS) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 160 and all(found)


def test_heic_is_read_where_pillow_heif_is_installed(tmp_path: Path):
    heif = pytest.importorskip("pillow_heif")
    decode.readable_formats()  # registers it
    assert heif
    path = tmp_path / "photo.heic"
    Image.new("RGB", (64, 48), (200, 30, 30)).save(path, format="HEIF")
    with path.open("rb") as file:
        image = decode.decode(file, "photo.heic")
    assert image.size == (64, 48) and abs(image.getpixel((32, 24))[0] - 200) < 6  # type: ignore


def test_heic_without_pillow_heif_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decode, "find_spec", lambda name: None)
    decode.readable_formats.cache_clear()
    start = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    with pytest.raises(ImageError, match=r"Cannot read a\.heic: HEIC needs pillow-heif"):
        decode.decode(io.BytesIO(start), "a.heic")
    decode.readable_formats.cache_clear()
