"""Which written addresses a page may send somebody to."""

import pytest

from netmeet.core import addresses


@pytest.mark.parametrize(
    "good",
    [
        "https://video.example",
        "https://video.example/lokale-2?kode=1&x=y#z",
        "https://video.example?kode=1",
        "https://møde.example:8443/æøå",
    ],
)
def test_what_is_on_the_web_may_be_followed(good):
    assert addresses.web(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        *("", "video.example", "http://video.example", "//video.example", "https://", "https:///x"),
        *(
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
        ),
        *(
            "\x01javascript:alert(1)",
            " https://video.example",
            "https://video.example/\njavascript:x",
        ),
        *("https://bank.example@video.example", "https://video.example /x", "https://a\\b.example"),
    ],
)
def test_what_is_anything_else_is_no_address(bad):
    assert addresses.web(bad) == ""
