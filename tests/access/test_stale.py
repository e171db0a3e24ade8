"""A form opened before somebody else saved: refused with both texts, nothing is lost (T35)."""

import html
from collections import Counter

import pytest

from tests import soak
from tests.access import pages

WRITTEN = ("text", "textarea")
NOT_WORDS = {"email", "phone", "video_link"}
NEW = ("/meetings/new", "/goals")
"""Where something new is made: the version in the form is that of nothing."""
REFUSES = {409, 422}
"""In a page with both texts; in its own page when the form lacks more besides."""
STALE = "999"
"""A version nothing on the stage has."""


def _stale(form, number):
    """Return what the form sends when it was opened at another version, each text told apart."""
    texts, sent = [], {}
    for name, value in form.fields.items():
        kind = form.kinds.get(name, "hidden")
        if name.rpartition("-")[2] == "version":
            sent[name] = STALE
        elif kind in WRITTEN and name.rpartition("-")[2] not in NOT_WORDS:
            sent[name] = f"Mine ord {number}-{len(texts)}"
            texts.append(sent[name])
        else:
            sent[name] = value
    return sent, texts


def _is_over_a_row(form):
    """Tell whether it changes something that is there; version 0 is of what is not there yet."""
    versions = [form.fields[name] for name in form.fields if name.rpartition("-")[2] == "version"]
    return any(one != "0" for one in versions) and not form.action.endswith(NEW)


@pytest.mark.soak
def test_a_stale_form_keeps_what_was_written_and_changes_nothing(stage, dice):
    known = stage.facts()
    versioned = [form for form in pages.forms(stage, known, dice) if _is_over_a_row(form)]
    stage.forgets, before = False, stage.contents()
    tally, wrong = Counter(), []
    for number, form in enumerate(versioned):
        sent, texts = _stale(form, number)
        persona = stage.personas[form.persona]
        answer = stage.ask(persona.fresh, form.method, form.action, sent)
        tally[answer.status_code] += 1
        said = html.unescape(answer.get_data(as_text=True))
        lost = [one for one in texts if one not in said]
        if answer.status_code not in REFUSES or lost:
            wrong.append((form.persona, form.action, answer.status_code, lost, sorted(sent)))
    print(f"T35: {len(versioned)} stale forms {dict(tally)}, {len(wrong)} wrong")
    assert versioned or not soak.IS_FULL
    assert not wrong, "\n".join(map(str, wrong))
    assert stage.contents() == before
