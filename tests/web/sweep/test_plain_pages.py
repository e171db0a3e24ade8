"""Nothing inline and nothing of others in any page (``security.md`` T15)."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from tests import soak
from tests.access import pages

OURS = re.compile(r"^(/(?![/\\])|#|\?|$)")
ADDRESSES = ("src", "href", "action", "formaction", "srcset", "poster", "data")


class Scan(HTMLParser):
    """Notes what a page may not have."""

    def __init__(self):
        super().__init__()
        self.bad, self._in_script = [], False

    def handle_starttag(self, tag, attrs):
        """Note inline styles, handlers and scripts, and what is fetched from elsewhere."""
        values = {name: value or "" for name, value in attrs}
        self._in_script = tag == "script"
        if tag == "style" or "style" in values or any(name.startswith("on") for name in values):
            self.bad.append(self.get_starttag_text())
        if tag == "script" and "src" not in values:
            self.bad.append("<script>")
        for name in ADDRESSES:
            # A link that somebody follows leads where they asked; everything else is fetched.
            if name in values and not OURS.match(values[name]) and not leads_on(tag, name, values):
                self.bad.append(self.get_starttag_text())

    def handle_data(self, data):
        """Note what stands inside a script."""
        if self._in_script and data.strip():
            self.bad.append(data.strip()[:40])

    def handle_endtag(self, tag):
        """Note the end of a script."""
        self._in_script = self._in_script and tag != "script"


def leads_on(tag, name, values):
    """Tell whether it is a link that is followed and not fetched, and does not tell from where."""
    is_safe = (
        values["href"].startswith(("https://", "tel:", "mailto:")) if name == "href" else False
    )
    return tag == "a" and name == "href" and is_safe


def scanned(body):
    """Return what is wrong in a page."""
    scan = Scan()
    scan.feed(body)
    return scan.bad


@pytest.mark.soak
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_no_page_has_anything_inline_or_of_others(stage):
    stage.admit()
    read, bad = 0, Counter()
    for persona, path, body in pages.opened(stage, stage.facts(), soak.dice()):
        read += 1
        bad.update((persona.name, path, found) for found in scanned(body))
    print(f"T15: {read} pages read, {len(bad)} with something inline or of others")
    assert not bad, "\n".join(map(str, bad))
    assert read > 20


@pytest.mark.parametrize(
    "body",
    [
        "<style>p{}</style>",
        '<p style="x">',
        '<a onclick="x">',
        "<script>x</script>",
        '<script src="/x">y</script>',
        '<script src="https://cdn.example/x.js"></script>',
        '<img src="//cdn.example/x.png">',
        '<form action="https://evil.example">',
        '<a href="javascript:x">',
        '<link href="https://fonts.example/x.css">',
    ],
)
def test_the_scan_notices(body):
    assert scanned(body)
