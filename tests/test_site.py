"""The pages of the site: links lead where they led in the repository, and the API is complete."""

import importlib

import pytest
from docs import mkdocs_hooks as site

import triptych

ROOT = site.ROOT


@pytest.mark.parametrize(
    ("page", "link", "expected"),
    [
        ("index.md", "docs/faces.md#start", "faces.md#start"),
        ("index.md", "docs/pictures/emoji.png", "pictures/emoji.png"),
        ("index.md", "CONTRIBUTING.md", "CONTRIBUTING.md"),
        ("index.md", "examples/", "examples/index.md"),
        ("CONTRIBUTING.md", "examples/own_head.py", "examples/own_head.md"),
        ("faces.md", "../CONTRIBUTING.md#an-encoder", "CONTRIBUTING.md#an-encoder"),
        ("faces.md", "../README.md", "index.md"),
        ("faces.md", "galleries.md", "galleries.md"),
        ("datasets/emoji.md", "../heads/box.md", "../heads/box.md"),
        ("command-line.md", "heads/", "heads/index.md"),
    ],
)
def test_a_link_leads_to_the_same_file_in_the_site(page: str, link: str, expected: str):
    assert site.rewrite_links(f"See [it]({link}).", page) == f"See [it]({expected})."


@pytest.mark.parametrize("text", ["[it](https://a.b/c.md)", "[it](#start)", "```\n[a](b.py)\n```"])
def test_other_links_and_code_stay_as_they_are(text: str):
    assert site.rewrite_links(text, "index.md") == text


def test_a_link_to_a_file_that_the_site_does_not_have_becomes_text():
    assert site.rewrite_links("See [the licence](LICENSE).", "index.md") == "See the licence."


@pytest.mark.parametrize("package", site.API)
def test_the_reference_shows_names_that_exist(package: str):
    names = site.public_names(site.module_file(package))
    module = importlib.import_module(package)
    assert [name for name in names if not hasattr(module, name)] == []
    assert names or package == "triptych"


def test_every_page_is_made_once():
    names = [name for name, _ in site.generated_pages()]
    assert len(names) == len(set(names))
    assert not [name for name in names if (ROOT / "docs" / name).exists()]


def test_the_citation_names_this_version():
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    assert f"version: {triptych.__version__}" in lines
