"""QR codes for letters."""

from xml.etree import ElementTree as ET

import pytest
import segno

from netmeet.formats import qr


def test_the_picture_says_what_it_is_and_has_no_style():
    made = qr.svg("https://netmeet.example/i/4f7k", title="Kode til dit brev")
    picture = ET.fromstring(made)  # noqa: S314 - our own picture
    assert picture.findtext("title") == "Kode til dit brev"
    assert "style" not in made


def test_the_picture_holds_the_text():
    text = "https://netmeet.example/i/4f7k"
    one, other = (qr.svg(text, title="x"), qr.svg(f"{text}9", title="x"))
    assert one == qr.svg(text, title="x")
    assert one != other


def test_too_long_a_text_is_refused():
    with pytest.raises(segno.DataOverflowError):
        qr.svg("x" * 5000, title="x")
