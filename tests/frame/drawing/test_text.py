"""Text fits the width it is given, and its square has the color it speaks of."""

import numpy as np
import pytest

from triptych.frame.drawing.colors import BACKGROUND, PALETTE, TEXT
from triptych.frame.drawing.text import caption, ellipsize, load_font


@pytest.mark.parametrize("width", [0, 5, 20, 60, 200, 1000])
def test_a_cut_text_is_no_wider_than_allowed(width: int):
    font, text = load_font(12), "a line of text that may be cut somewhere"
    cut = ellipsize(text, font, width)
    assert font.getlength(cut) <= width
    assert cut == text or cut == "" or cut.endswith("…")
    assert cut == "" or text.startswith(cut.removesuffix("…"))


def test_as_much_of_a_text_as_fits_is_kept():
    font = load_font(12)
    width = font.getlength("abcdef…")
    assert ellipsize("abcdefghi", font, width) == "abcdef…"
    assert ellipsize("abcdefghi", font, width - 0.5) == "abcde…"
    assert ellipsize("abc def", font, font.getlength("abc …")) == "abc…"  # no space before it


def test_what_cannot_be_printed_becomes_a_space():
    assert ellipsize("  two\nlines\x00 ", load_font(12), 1e6) == "two lines"


def test_bold_letters_are_wider():
    assert load_font(20, bold=True).getlength("width") > load_font(20).getlength("width")


def test_each_entry_has_a_square_of_its_color_left_of_its_word():
    strip = caption([[(PALETTE[0], "one"), (PALETTE[1], "two")]], 200, 12)
    first, second = (np.nonzero((strip == color).all(2))[1] for color in PALETTE[:2])
    letters = np.nonzero((strip == TEXT).all(2))[1]
    assert first.min() == 0 and first.max() < letters.min() and first.max() < second.min()
    assert tuple(strip[0, -1]) == BACKGROUND


@pytest.mark.parametrize(("width", "rows"), [(400, 1), (150, 2), (70, 4)])
def test_entries_are_broken_into_rows(width: int, rows: int):
    entries = [(color, "category") for color in PALETTE[:4]]
    strip = caption([entries], width, 10)
    assert strip.shape == (15 * rows + 3, width, 3)


def test_every_paragraph_begins_a_row():
    assert len(caption([[(PALETTE[0], "a")], [(PALETTE[1], "b")]], 400, 10)) == 15 * 2 + 3
