"""Rules about the template sources that a look at the files can hold."""

import re
import subprocess
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
# What only a page may read: a macro that does cannot be understood from its call.
AMBIENT = {"current_user", "g", "session", "request", "actor"}
INLINE = re.compile(
    r"<style\b|<script(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE
)
OTHER_QUOTES = re.compile("[„“»«]")
# A person's words stand between ” and ” wherever they are shown.
RUN_ON = re.compile(r"[.?!]\{% endtrans %\}\s*\n\s*(?:\{%-? (?:if|endif)\b[^%]*%\}\s*)*\{% trans\b")
# Line ends and indents beside a tag are no space on the page.
FORM = re.compile(r"<form\b([^>]*method=\"post\"[^>]*)>(.*?)</form>", re.DOTALL)
STORAGE = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie")

env = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def folder_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).parts[0]


def html_templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def tree_of(path: Path) -> nodes.Template:
    return env.parse(path.read_text(encoding="utf-8"))


def extended(tree: nodes.Template) -> list[str]:
    return [node.template.value for node in tree.find_all(nodes.Extends)]


def included(tree: nodes.Template) -> list[str]:
    return [node.template.value for node in tree.find_all(nodes.Include)]


def imported(tree: nodes.Template) -> list[tuple[str, str]]:
    """Return template and local name of every import."""
    found = [(node.template.value, node.target) for node in tree.find_all(nodes.Import)]
    for node in tree.find_all(nodes.FromImport):
        locals_ = [name if isinstance(name, str) else name[1] for name in node.names]
        found += [(node.template.value, name) for name in locals_]
    return found


def names_read(tree: nodes.Node) -> set[str]:
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}


def may_include(folder: str, template: str) -> bool:
    home, _, name = template.rpartition("/")
    if not name.startswith("_"):
        return False
    return folder == "pages" or home.split("/")[0] == folder


all_templates = pytest.mark.parametrize("path", html_templates(), ids=name_of)
components = pytest.mark.parametrize(
    "path", sorted((TEMPLATES / "components").glob("*.html")), ids=name_of
)


@all_templates
def test_a_template_extends_only_layouts(path):
    assert all(name.startswith("layouts/") for name in extended(tree_of(path)))


@all_templates
def test_a_template_imports_only_components(path):
    assert all(name.startswith("components/") for name, _ in imported(tree_of(path)))


@all_templates
def test_every_import_is_used(path):
    tree = tree_of(path)
    assert {local for _, local in imported(tree)} <= names_read(tree)


@all_templates
def test_every_import_exists(path):
    missing = [name for name, _ in imported(tree_of(path)) if not (TEMPLATES / name).is_file()]
    assert missing == []


@all_templates
def test_a_template_includes_only_its_own_partials_unless_it_is_a_page(path):
    folder = folder_of(path)
    assert [n for n in included(tree_of(path)) if not may_include(folder, n)] == []


@all_templates
def test_nothing_is_declared_safe_outside_the_components(path):
    if folder_of(path) != "components":
        filters = {node.name for node in tree_of(path).find_all(nodes.Filter)}
        assert "safe" not in filters
        assert not list(tree_of(path).find_all(nodes.MarkSafe))


@all_templates
def test_nothing_is_inline(path):
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@all_templates
def test_words_are_quoted_in_one_way(path):
    assert OTHER_QUOTES.findall(path.read_text(encoding="utf-8")) == []


@all_templates
def test_no_sentence_runs_into_the_next(path):
    assert RUN_ON.findall(path.read_text(encoding="utf-8")) == []


@all_templates
def test_what_is_wrong_is_said_beside_the_field_and_not_by_the_browser(path):
    forms = FORM.findall(path.read_text(encoding="utf-8"))
    assert [tag for tag, body in forms if " field(" in body and "novalidate" not in tag] == []


@all_templates
def test_no_template_asks_whether_a_variable_is_defined(path):
    asked = {node.name for node in tree_of(path).find_all(nodes.Test)}
    assert not asked & {"defined", "undefined"}


@components
def test_a_component_is_one_macro_of_the_files_name(path):
    assert [m.name for m in tree_of(path).find_all(nodes.Macro)] == [path.stem]


@components
def test_a_macro_takes_arguments_only(path):
    assert names_read(tree_of(path)) & AMBIENT == set()


@components
def test_every_component_says_what_it_is_for(path):
    assert path.read_text(encoding="utf-8").startswith("{# ")


def test_the_rules_see_what_they_forbid():
    for text in ('<p style="x">', "<style>", "<script>", '<a onclick="x">'):
        assert INLINE.search(text), text
    assert not INLINE.search('<script src="a.js" defer></script><p data-on="x">')
    assert all(OTHER_QUOTES.search(sign) for sign in "„“»«")
    for between in ("", "{% if more %}\n  "):
        assert RUN_ON.search(f"{{% trans %}}A.{{% endtrans %}}\n  {between}{{% trans %}}B.")
    assert not RUN_ON.search('A.{% endtrans %}{{ " " }}\n{% trans %}B.')
    assert may_include("pages", "actions/_list.html")
    assert may_include("actions", "actions/_list.html")
    assert not may_include("plans", "actions/_list.html")
    assert not may_include("pages", "actions/show.html")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name
)
def test_no_script_keeps_anything_in_the_browser(path):
    text = path.read_text(encoding="utf-8")
    assert STORAGE.findall(text.replace("sessionStorage.removeItem(", "")) == []
    assert "innerHTML" not in text
    assert "eval(" not in text


def test_colours_have_names():
    """Only the tokens, the theme and paper hold a colour's number."""
    sheets = (ROOT / "static" / "css").glob("*.css")
    plain = {
        sheet.name: re.findall(r"#[0-9a-fA-F]{3,6}\b", sheet.read_text(encoding="utf-8"))
        for sheet in sheets
        if sheet.name not in {"tokens.css", "print.css"}
    }
    assert {name: found for name, found in plain.items() if found} == {}


def test_nothing_fetched_is_committed():
    tracked = subprocess.run(
        ["git", "ls-files", "static"],  # noqa: S607 - PATH decides
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert [
        name for name in tracked if not name.startswith(("static/css", "static/js", "static/img"))
    ] == []
