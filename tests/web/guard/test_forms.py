"""What every form does with what it is sent."""

import re
from pathlib import Path

import pytest
import wtforms
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional

from netmeet.web.forms import Form, texts

COLOURS = [SelectChoice("red", "Rød"), SelectChoice("blue", "Blå")]
NUMBERS = [SelectChoice(1, "én"), SelectChoice(2, "to")]


class Sample(Form):
    """One field of each sort that may be left out."""

    words = StringField()
    radio = RadioField(choices=COLOURS, validators=[Optional()])
    select = SelectField(choices=COLOURS, validators=[Optional()])
    number = SelectField(choices=NUMBERS, coerce=int, validators=[Optional()])
    many = SelectMultipleField(choices=COLOURS)
    day = DateField(validators=[Optional()])


@pytest.fixture
def sent(app):
    """Return a maker of the form as it comes from a browser."""

    def make(**values):
        with app.test_request_context(method="POST"):
            form = Sample(MultiDict(values), meta={"csrf": False})
            return form, form.validate()

    return make


@pytest.mark.parametrize("nothing", ["\n", " ", "\t", "\x1e", "\u00a0"])
def test_white_space_is_no_choice(sent, nothing):
    form, is_good = sent(words=nothing, radio=nothing, select=nothing, day=nothing)
    assert is_good
    assert (form.words.data, form.radio.data, form.select.data, form.day.data) == ("", "", "", None)


def test_choices_are_kept_as_they_are(sent):
    form, is_good = sent(radio="red", select="blue", number="2", many=["red", "blue"])
    assert is_good
    assert (form.radio.data, form.select.data, form.number.data) == ("red", "blue", 2)
    assert form.many.data == ["red", "blue"]


def test_only_what_somebody_wrote_is_a_text(app):
    assert app
    sent = [
        ("csrf_token", "abc"),
        ("version", "3"),
        ("go", "next"),
        ("next", "/actions"),
        ("text", "Jeg bager."),
        ("text", " "),
        ("due-reason", "Ferie"),
        ("to", "next"),
        ("paused", "1"),
        ("answer", "yes"),
        ("answer", "Ja."),
        ("nobody-knows", "this one"),
        ("who-kx7", "part"),
        ("answer-kx7", "Ja, i januar"),
    ]
    written = [("text", "Jeg bager."), ("due-reason", "Ferie"), ("answer", "Ja.")]
    written.append(("answer-kx7", "Ja, i januar"))
    assert list(texts(sent)) == written


def test_what_is_no_choice_is_refused(sent):
    _form, is_good = sent(radio="green")
    assert not is_good


def test_what_is_wrong_is_said_in_danish_whichever_field_it_is(sent):
    wrong = {"radio": "x", "select": "x", "number": "x", "many": "x", "day": "x"}
    form, is_good = sent(**wrong)
    assert not is_good
    chosen = [form.errors[name] for name in ("radio", "select", "many")]
    assert chosen == [["Vælg et af svarene."]] * 3
    assert form.errors["day"] == ["Vælg en dag."]
    assert set(form.errors["number"]) == {"Vælg et af svarene."}


def test_no_word_of_the_library_is_left_in_english(app):
    built_in = Path(wtforms.__file__).with_name("locale") / "wtforms.pot"
    said = re.findall(r'^msgid "(.+)"$', built_in.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(said) > 30
    with app.test_request_context():
        words = Sample(meta={"csrf": False}).meta.get_translations(None)
        assert {word for word in said if words.gettext(word) == word} == set()
