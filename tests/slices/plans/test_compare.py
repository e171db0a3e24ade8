"""What is new since the version before, as sentences and word by word."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from netmeet.plans.exports import compare


def action(what="Ringer", owner="Lise", due=date(2026, 12, 1), status="not_started", id_="a"):
    return {"id": id_, "what": what, "owner": owner, "due": due, "status": status}


def plan(*actions, text="", goals=()):
    sections = [{"title": "Indsatser", "lines": [{"text": text}]}] if text else []
    return {"actions": list(actions), "goals": list(goals), "sections": sections, "differs": []}


def test_added_changed_and_done_are_told_apart(app):
    with app.test_request_context():
        old = plan(action(), action(what="Skriver", id_="b"), text="Før")
        goal = {"id": "g", "words": "Sove igen", "agreed": ""}
        new = plan(
            action(due=date(2026, 12, 8)),
            action(what="Skriver", id_="b", status="done"),
            action(what="Kører", id_="c"),
            text="Nu",
            goals=[goal],
        )
        found = compare.changes(old, new)
    assert [said.split(" (")[0] for said in found.added] == ["Kører", "Sove igen"]
    assert found.changed[0].startswith("Ringer (Lise, tirsdag den 8. december) (før: ")
    assert found.changed[1] == "Indsatser er skrevet om"
    assert [said.split(" (")[0] for said in found.done] == ["Skriver"]
    assert not found.is_empty


def test_nothing_new_is_empty_and_a_first_version_is_all_new(app):
    with app.test_request_context():
        assert compare.changes(plan(action()), plan(action())).is_empty
        assert len(compare.changes(None, plan(action())).added) == 1


def test_words_that_were_changed_are_marked(app):
    with app.test_request_context():
        old, new = plan(text="Jonas viser to steder"), plan(text="Jonas viser tre steder")
        (passage,) = compare.word_by_word(old, new)
    kinds = [(piece.kind, piece.text.strip()) for piece in passage.pieces]
    assert kinds == [("same", "Jonas viser"), ("out", "to"), ("in", "tre"), ("same", "steder")]
    assert passage.differs


@given(st.text(alphabet="ab \n"), st.text(alphabet="ab \n"))
def test_both_versions_can_be_read_out_of_the_pieces(old, new):
    pieces = compare._pieces(old, new)  # noqa: SLF001 - the invariant is about the pieces alone
    assert "".join(p.text for p in pieces if p.kind in {"same", "in"}) == new
    assert "".join(p.text for p in pieces if p.kind in {"same", "out"}) == old
