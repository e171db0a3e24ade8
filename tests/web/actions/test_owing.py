import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind, PersonsWord, Status
from netmeet.audit.models import AuditEvent
from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.meetings.rules import MeetingState
from tests.slices.actions.making import agree, own


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne)


@pytest.fixture
def action(world, case):
    meeting = world.meeting(case, in_days=-10, state=MeetingState.FINAL)
    return agree(
        world,
        case,
        world.jonas,
        kind=ActionKind.APPLICATION,
        meeting_id=meeting.id,
        meeting=meeting,
    )


@pytest.fixture
def jonas(world, client, action):
    world.sign_in(client, world.jonas)
    return client


def stored(action):
    return db.session.scalars(select(Action).where(Action.id == action.id)).one()


def test_everything_one_owes_over_all_meetings(world, jonas, action):
    other = world.case("Omar Haddad")
    late = agree(world, other, world.jonas, what="Ringer til boligkontoret", in_days=-3)
    agree(world, other, world.lise, what="Sender et brev")
    text = jonas.get("/actions").text
    assert "Ansøger om bostøtte" in text
    assert "Ringer til boligkontoret" in text
    assert "Omar Haddad" in text
    assert "Sender et brev" not in text
    assert text.index("Over fristen") < text.index(late.what) < text.index(action.what)
    assert "Kommunen har ikke sagt ja endnu." in text


def test_an_empty_list_says_what_happens_next(world, client):
    world.case()
    world.sign_in(client, world.jonas)
    assert "Ingenting venter på dig" in client.get("/actions").text


def test_one_click_reports_also_after_the_minutes_are_locked(jonas, action):
    data = {"status": "done", "version": action.version, "next": "/actions"}
    answer = jonas.send(f"/actions/{action.id}/status", data)
    assert (answer.status_code, answer.location) == (303, "/actions")
    assert stored(action).status is Status.DONE
    assert "Sket eller sluttet" in jonas.get("/actions").text


def test_a_reason_is_asked_for_where_one_is_needed(jonas, action):
    data = {"status": "not_possible", "version": action.version}
    answer = jonas.send(f"/actions/{action.id}/status", data)
    assert answer.status_code == 422
    assert "Skriv kort hvorfor." in answer.text
    data["comment"] = "Der er ingen ledige boliger."
    assert jonas.send(f"/actions/{action.id}/status", data).status_code == 303
    assert "Der er ingen ledige boliger." in jonas.get(f"/actions/{action.id}").text


def test_a_stale_report_keeps_both_texts(jonas, action):
    before = action.version
    first = {"status": "in_progress", "comment": "Jeg har ringet.", "version": before}
    assert jonas.send(f"/actions/{action.id}/status", first).status_code == 303
    second = {"status": "done", "comment": "Det er klaret.", "version": before}
    answer = jonas.send(f"/actions/{action.id}/status", second)
    assert answer.status_code == 409
    assert "Jeg har ringet." in answer.text
    assert "Det er klaret." in answer.text


def test_a_stale_status_is_shown_in_words_and_may_be_saved_or_left(jonas, action):
    before, path = action.version, f"/actions/{action.id}"
    first = {"status": "in_progress", "comment": "", "version": before}
    assert jonas.send(f"{path}/status", first).status_code == 303
    second = {"status": "done", "comment": "", "version": before, "next": "/actions"}
    answer = jonas.send(f"{path}/status", second)
    assert answer.status_code == 409
    assert "Det er blevet rettet et andet sted" in answer.text
    assert ">I gang<" in answer.text
    assert ">Sket<" in answer.text
    assert "i feltet" not in answer.text
    assert "En anden har rettet" not in answer.text
    assert "Der står ikke noget." not in answer.text
    assert "Gem mit valg i stedet" in answer.text
    assert 'name="status" value="done"' in answer.text
    assert leaves(answer.text) == "/actions"
    without = jonas.send(f"{path}/status", {**second, "next": ""})
    assert leaves(without.text) == path
    again = {**second, "version": before + 1}
    assert jonas.send(f"{path}/status", again).status_code == 303
    assert action.status == "done"


def leaves(text):
    """Return where the way leads that keeps what stands there."""
    return re.search(r'href="([^"]+)"><span>Lad det stå, som det er', text).group(1)


def saved_over(client, answer, path):
    """Press the button that saves one's own over what stands there."""
    form = answer.text.partition(f'action="{path}"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n([^<]*)<', form, re.DOTALL))
    return client.send(path, fields)


def test_a_stale_date_may_be_saved_over_the_new_one(world, client, action):
    world.sign_in(client, world.lise)
    path = f"/actions/{action.id}/due"
    days = [(clock.today() + timedelta(days=ahead)).isoformat() for ahead in (21, 28)]
    for day in days:
        sent = {"due-due_on": day, "due-reason": "Ferie.", "due-version": 1}
        answer = client.send(path, sent)
    assert answer.status_code == 409
    assert saved_over(client, answer, path).status_code == 303
    assert stored(action).due_on.isoformat() == days[1]


def test_a_stale_cry_for_help_says_what_was_chosen(world, client, action):
    person = action.case.person.user
    action.is_persons, action.owner = True, person
    world.sign_in(client, person)
    answer = client.send(f"/actions/{action.id}/own", {"answer": "help", "version": 9})
    assert answer.status_code == 409
    assert "Jeg vil gerne have hjælp" in answer.text
    assert "Ikke startet" in answer.text


def test_the_page_tells_where_it_comes_from_and_what_happened(world, jonas, action):
    due = clock.today() + timedelta(days=21)
    data = {"due-due_on": due.isoformat(), "due-reason": "Ferie.", "due-version": action.version}
    assert jonas.send(f"/actions/{action.id}/due", data).status_code == 303
    text = jonas.get(f"/actions/{action.id}").text
    assert "Aftalt på mødet" in text
    assert "Jonas flyttede datoen til" in text
    assert "Ferie." in text
    empty = {"due-due_on": "", "due-reason": "", "due-version": stored(action).version}
    assert jonas.send(f"/actions/{action.id}/due", empty).status_code == 422


def test_a_stranger_gets_404_and_nothing_of_it(world, client, action):
    world.sign_in(client, world.stranger)
    for path in ("", "/owner"):
        answer = client.get(f"/actions/{action.id}{path}")
        assert answer.status_code == 404
        assert "bostøtte" not in answer.text
    for path in ("status", "due", "cancel", "said", "own", "confirm", "owner"):
        assert client.send(f"/actions/{action.id}/{path}").status_code == 404


def test_a_draft_has_no_page(world, jonas, case):
    draft = agree(world, case, world.jonas, published_at=None)
    assert jonas.get(f"/actions/{draft.id}").status_code == 404


def test_a_colleague_reads_it_with_consent_only(world, client):
    case = world.case(consent=[])
    action = agree(world, case, world.lise)
    world.sign_in(client, world.jonas)
    assert client.get(f"/actions/{action.id}").status_code == 404


def test_a_colleague_may_read_and_not_report(world, client, case):
    action = agree(world, case, world.lise)
    world.sign_in(client, world.jonas)
    assert client.get(f"/actions/{action.id}").status_code == 200
    data = {"status": "done", "version": action.version}
    assert client.send(f"/actions/{action.id}/status", data).status_code == 403


def test_the_coordinator_gives_it_to_somebody_else(world, client, action):
    world.sign_in(client, world.lise)
    assert "Lise Dam" in client.get(f"/actions/{action.id}/owner").text
    for came_from, leads in (("/overview", "/overview"), ("//x.example", f"/actions/{action.id}")):
        page = client.get(f"/actions/{action.id}/owner?next={came_from}").text
        assert f'class="back-link" href="{leads}"' in page
    data = {"version": action.version, "to": world.lise.id}
    assert client.send(f"/actions/{action.id}/owner", data).status_code == 303
    assert stored(action).owner_id == world.lise.id
    wrong = {"version": stored(action).version, "to": world.stranger.id}
    assert client.send(f"/actions/{action.id}/owner", wrong).status_code == 422


def test_the_coordinator_ends_it_with_a_reason(world, client, action):
    world.sign_in(client, world.lise)
    data = {"end-version": action.version, "end-reason": ""}
    assert client.send(f"/actions/{action.id}/cancel", data).status_code == 422
    data["end-reason"] = "Mia har fået en bolig."
    assert client.send(f"/actions/{action.id}/cancel", data).status_code == 303
    assert stored(action).status is Status.DROPPED


def test_the_person_says_whether_it_happened(world, client, case, action):
    action.status, action.closed_at = Status.DONE, action.published_at
    world.sign_in(client, case.person.user)
    text = client.get("/actions").text
    assert "Er det sket?" in text
    assert "Jonas og din koordinator kan se dit svar." in text
    answer = client.send(f"/actions/{action.id}/said", {"word": "no", "next": "/actions"})
    assert answer.status_code == 303
    assert stored(action).persons_word is PersonsWord.NO
    assert "Du har svaret: Nej" in client.get("/actions").text


def test_the_coordinator_writes_down_what_the_person_says(world, client, action):
    world.sign_in(client, world.lise)
    assert "Skriv, hvad borgeren siger" in client.get(f"/actions/{action.id}").text
    assert client.send(f"/actions/{action.id}/said", {"word": "yes"}).status_code == 303
    assert stored(action).persons_word is PersonsWord.YES


@pytest.mark.parametrize(
    ("answer", "status"), [("done", Status.DONE), ("drop", Status.DROPPED), ("help", None)]
)
def test_what_the_person_does_is_never_late_and_ends_when_they_say_so(
    world, client, case, answer, status
):
    action = own(world, case, in_days=-9)
    world.sign_in(client, case.person.user)
    text = client.get("/actions").text
    assert "Det gør du selv" in text
    assert "gerne inden" in text
    assert "fristen" not in text
    data = {"answer": answer, "version": action.version, "next": "/actions"}
    assert client.send(f"/actions/{action.id}/own", data).status_code == 303
    if status is None:
        assert "Du har bedt om hjælp." in client.get("/actions").text
    else:
        assert stored(action).status is status


def test_a_relatives_agreement_is_theirs_once_they_said_yes(world, client, case):
    action = agree(world, case, world.hanne, what="Kører med til lægen")
    world.sign_in(client, world.hanne)
    assert "Vil du gøre det?" in client.get("/actions").text
    report = {"status": "done", "version": action.version}
    assert client.send(f"/actions/{action.id}/status", report).status_code == 422
    assert client.send(f"/actions/{action.id}/confirm", {"answer": "yes"}).status_code == 303
    assert "Sket" in client.get("/actions").text
    report["version"] = stored(action).version
    assert client.send(f"/actions/{action.id}/status", report).status_code == 303


def test_a_relative_without_consent_reads_nothing_of_others(world, client, action):
    world.sign_in(client, world.hanne)
    assert "bostøtte" not in client.get("/actions").text
    assert client.get(f"/actions/{action.id}").status_code == 404


def test_a_relative_reads_what_the_person_opened(world, client):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.ACTIONS])
    action = agree(world, case, world.jonas)
    world.sign_in(client, world.hanne)
    assert "Jonas Holm gør det." in client.get(f"/actions/{action.id}").text


def test_each_case_in_the_list_leaves_a_row_in_the_log(world, jonas, action):
    agree(world, world.case("Omar Haddad"), world.jonas)
    jonas.get("/actions")
    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.operation == "action.read"))
    assert len({row.case_id for row in rows if row.case_id}) == 2


def test_the_number_of_questions_to_the_database_does_not_grow(world, jonas, action):
    def asked():
        seen = []

        def note(*args):
            seen.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        jonas.get("/actions")
        event.remove(db.engine, "before_cursor_execute", note)
        return [each for each in seen if re.match("SELECT", each) and "audit" not in each]

    few = len(asked())
    for name in ("Omar Haddad", "Karin Lund", "Per Holst"):
        agree(world, world.case(name), world.jonas)
    assert len(asked()) == few <= 12


def test_the_owners_organisation_says_yes_in_one_press(world, client, case):
    action = agree(world, case, world.jonas, needs_yes=True)
    world.save()
    world.sign_in(client, world.jonas)
    listed = client.get("/actions").text
    assert "Kommunen har ikke sagt ja endnu." in listed
    assert "Vi siger ja" in listed
    assert "Siger I ja til aftalen?" in client.get(f"/actions/{action.id}").text
    answer = {"answer": "yes", "next": "/actions"}
    assert client.send(f"/actions/{action.id}/confirm", answer).status_code == 303
    assert "Kommunen har sagt ja" in client.get("/actions").text
    again = client.send(f"/actions/{action.id}/confirm", {"answer": "no"})
    assert again.status_code == 409


def test_a_colleague_and_the_coordinator_may_not_say_yes_for_the_owner(world, client, case):
    action = agree(world, case, world.jonas, needs_yes=True)
    world.save()
    world.sign_in(client, world.lise)
    assert "Siger I ja" not in client.get(f"/actions/{action.id}").text
    assert client.send(f"/actions/{action.id}/confirm", {"answer": "yes"}).status_code == 403
    assert client.send(f"/actions/{action.id}/confirm", {"answer": "perhaps"}).status_code == 403
    world.sign_in(client, world.jonas)
    assert client.send(f"/actions/{action.id}/confirm", {"answer": "perhaps"}).status_code == 303
    db.session.expire_all()
    assert db.session.get(Action, action.id).partys_word is None
