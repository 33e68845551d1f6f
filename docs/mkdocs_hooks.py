"""What `make docs` adds to docs/: the pages that lie outside of it, and the API reference.

README.md becomes the first page. The examples become pages with their code. Links are written for
the repository, as GitHub follows them; here they are turned to where their targets lie in the site.
"""

import ast
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
MOVED = {"README.md": "index.md"} | {name: name for name in ("CONTRIBUTING.md", "CHANGELOG.md")}
LISTED = {"docs/heads": "Heads", "examples": "Examples"}  # folders that pages link to as a whole
API = {
    "triptych": ["triptych.frame.errors", "triptych.frame.storage.images"],
    "triptych.multitask": [],
    "triptych.faces": [],
    "triptych.style": [],
    "triptych.backbones": ["triptych.backbones.*"],
}
LINK = re.compile(r"(\[[^\]]*\])\((?!\w+:|#)([^)#\s]+)(#[^)]*)?\)")
FENCE = re.compile(r"(^```.*?^```)", re.DOTALL | re.MULTILINE)


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the pages that are not in docs/."""
    from mkdocs.structure.files import File

    for name, content in generated_pages():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: "Page", **_: object) -> str:
    """Turn a page's links to where their targets lie in the site."""
    return rewrite_links(markdown, page.file.src_uri)


def generated_pages() -> Iterator[tuple[str, str]]:
    """Name in the site and Markdown of every page that is not in docs/."""
    for path, name in MOVED.items():
        yield name, (ROOT / path).read_text()
    for folder, title in LISTED.items():
        yield site_name(folder), list_page(ROOT / folder, title)
    for script in sorted(ROOT.glob("examples/*.py")):
        yield site_name(f"examples/{script.name}"), example_page(script)
    for package, modules in API.items():
        yield f"api/{package.rpartition('.')[2]}.md", api_page(package, modules)


def rewrite_links(markdown: str, page: str) -> str:
    """A page's Markdown with its links to files as links to pages of the site.

    Parameters:
        page: the page's name in the site. Links are relative to the file it was made from.

    A link to a file that the site does not have becomes its text alone.
    """
    sources = {name: path for path, name in MOVED.items()}
    folder = posixpath.dirname(sources.get(page, f"docs/{page}"))

    def rewrite(link: re.Match[str]) -> str:
        text, target, anchor = link.groups(default="")
        name = site_name(posixpath.normpath(posixpath.join(folder, target)))
        if name is None:
            return text[1:-1]
        return f"{text}({posixpath.relpath(name, posixpath.dirname(page) or '.')}{anchor})"

    if page.startswith(("api/", "examples/")) or page == "heads/index.md":
        return markdown
    pieces = FENCE.split(markdown)
    return "".join(
        piece if piece.startswith("```") else LINK.sub(rewrite, piece) for piece in pieces
    )


def site_name(path: str) -> str | None:
    """Where a file or folder of the repository lies in the site; None where it does not."""
    if path in MOVED:
        return MOVED[path]
    if path in LISTED:
        return f"{path.removeprefix('docs/')}/index.md"
    if path.startswith("examples/") and path.endswith(".py"):
        return path.removesuffix(".py") + ".md"
    return path.removeprefix("docs/") if path.startswith("docs/") else None


def list_page(folder: Path, title: str) -> str:
    """A page that links to every page of a folder."""
    lines = [f"# {title}", ""]
    for file in sorted(folder.iterdir()):
        if file.suffix == ".md":
            lines.append(f"- [{file.stem}]({file.name})")
        elif file.suffix == ".py":
            lines.append(f"- [{file.name}]({file.stem}.md): {summary(file)}")
    return "\n".join(lines)


def summary(file: Path) -> str:
    """The first paragraph of a module's docstring, on one line."""
    docstring = ast.get_docstring(ast.parse(file.read_text())) or ""
    return docstring.partition("\n\n")[0].replace("\n", " ")


def example_page(script: Path) -> str:
    """An example's code on a page."""
    return f"# {script.name}\n\n```python\n{script.read_text()}```\n"


def api_page(package: str, modules: list[str]) -> str:
    """The public names of a package and of modules below it; docstrings are read, nothing runs."""
    lines = [f"# {package}", ""]
    for module in [package, *(name for pattern in modules for name in module_names(pattern))]:
        heading = str(module != package).lower()
        names = ", ".join(public_names(module_file(module)))
        lines += [f"::: {module}", "    options:", f"      show_root_heading: {heading}"]
        lines += [f"      show_root_toc_entry: {heading}", f"      members: [{names}]", ""]
    return "\n".join(lines)


def module_names(pattern: str) -> list[str]:
    """The modules of this name; `package.*` is each whose name has no leading underscore."""
    if not pattern.endswith(".*"):
        return [pattern]
    package = pattern.removesuffix(".*")
    files = sorted(module_file(package).parent.glob("*.py"))
    return [f"{package}.{file.stem}" for file in files if not file.stem.startswith("_")]


def module_file(module: str) -> Path:
    """The file of a module, or the `__init__` of a package."""
    path = SOURCE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def public_names(file: Path) -> list[str]:
    """What a module offers: `__all__`, or what it defines; a package also what it imports."""
    names: list[str] = []
    for node in statements(ast.parse(file.read_text()).body):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.append(node.name)
        elif file.name == "__init__.py" and isinstance(node, ast.AnnAssign):
            names.append(ast.unparse(node.target))
        elif file.name == "__init__.py" and isinstance(node, ast.ImportFrom) and node.level == 1:
            names += [alias.asname or alias.name for alias in node.names]
    return [name for name in names if not name.startswith("_")]


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under `if TYPE_CHECKING` included."""
    for node in body:
        yield from statements(node.body) if isinstance(node, ast.If) else [node]
