"""The page: complete in itself, and deaf to whatever its words try."""

import builtins
import re
from html.parser import HTMLParser

import pytest

from triptych.frame.drawing import html_page
from triptych.frame.drawing.colors import DARK, LIGHT, to_hex
from triptych.frame.drawing.html_page import Headline, Image, ImageGrid, Section, Table
from triptych.frame.errors import MissingDependencyError

PNG, SVG = b"\x89PNG\r\n\x1a\n and so on", b"<svg xmlns='http://www.w3.org/2000/svg'/>"
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=https://example.org/a.png onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "</td></table></body>",
    "🙂 ünïcode \u202egnirts",
    "x" * 300,
)
VOID = {"meta", "img", "source"}


class Tree(HTMLParser):
    """Tags with their attributes, and the words between them; fails where tags do not nest."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str):
        assert self.open.pop() == tag

    def handle_data(self, data: str):
        if data.strip() and "style" not in self.open:
            self.words.append(data.strip())


def whole(words: str) -> str:
    """A page that says the words wherever words can be said."""
    image = Image(PNG, words, words, words, dark=SVG)
    table = Table([words, "n"], [[words, "1"]], words, words)
    parts = (table, image, ImageGrid([image, Image(SVG, words)], words, words))
    section = Section(words, [words, words], parts)
    facts = [Headline(words, words, words), Headline("a", "1")]
    return html_page.render_page(words, lead=words, headlines=facts, sections=[section])


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_shown_as_words_wherever_they_stand(words: str):
    hostile, harmless = Tree(whole(words)), Tree(whole("word"))
    assert hostile.words.count(words) == harmless.words.count("word") >= 15
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in harmless.tags]
    assert [[*held] for _, held in hostile.tags] == [[*held] for _, held in harmless.tags]


def test_the_page_fetches_nothing_and_runs_nothing():
    tree = Tree(whole(HOSTILE[1]))
    addresses = [
        value
        for tag, held in tree.tags
        for name, value in held.items()
        if name in ("src", "srcset", "href", "action", "data")
    ]
    assert len(addresses) == 5 and all(str(one).startswith("data:image/") for one in addresses)
    assert not {tag for tag, _ in tree.tags} & {"script", "link", "iframe", "object", "form"}
    style = re.search("<style>(.*)</style>", whole("word"), re.DOTALL)
    assert style and "url(" not in style[1] and "@import" not in style[1]
    policy = next(held for tag, held in tree.tags if "http-equiv" in held)
    assert str(policy["content"]).startswith("default-src 'none'")


def test_pictures_say_what_they_are_and_change_by_night():
    told = whole("a cat")
    assert told.count('srcset="data:image/svg+xml;base64,') == 2
    assert told.count('<img src="data:image/png;base64,iVBORw0KGgo') == 2
    assert told.count('alt="a cat"') == 3


def test_both_papers_of_the_palette_are_there():
    told = whole("word")
    light, dark = told.split("prefers-color-scheme: dark", 1)
    for paper, part in ((LIGHT, light), (DARK, dark)):
        assert f"--ink: {to_hex(paper.text)}" in part
        assert f"--ground: {to_hex(paper.background)}" in part


def test_what_no_file_can_hold_is_replaced():
    told = whole("a\udc80b\x00c\x1bd")
    assert "a\ufffdb\ufffdc\ufffdd" in told
    assert told.encode().decode() == told


def test_columns_of_numbers_are_aligned_right():
    rows = [["a1", "98.4 %", "–", "1 … 2", "3 cats"], ["2", "≤ 7", "0.5", "", "4"]]
    assert Table("abcde", rows).right_aligned == [False, True, True, True, False]
    assert Table("ab", []).right_aligned == [False, False]
    assert html_page.render_page("t", sections=[Section("s", (), [Table("abcde", rows)])]).count(
        'class="right"'
    ) == 3 * (1 + len(rows))


def test_the_same_words_make_the_same_page():
    assert whole("word") == whole("word")


def test_a_missing_jinja_is_told(monkeypatch: pytest.MonkeyPatch):
    truly = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name == "jinja2":
            raise ImportError(name)
        return truly(name, *rest, **more)

    html_page._template.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependencyError, match="pip install 'Jinja2'"):
        html_page.render_page("title")
