"""Who has looked: sentences, single times, the question why and its answer; what relatives tell."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from netmeet.audit import service as audit
from netmeet.cases import queries, service
from netmeet.cases.exports import looks
from netmeet.cases.models import AccessQuestion
from netmeet.cases.rules import ANSWER_WITHIN
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from netmeet.outbox.models import Message
from tests.reader import mentions
from tests.web.cases.reading import lix, words_of
from tests.world import now


def look(world, case, user, *operations, allowed=True, days_ago=0):
    actor = world.actor(user, at=now() - timedelta(days=days_ago))
    audit.record([entry(actor, operation, case, allowed=allowed) for operation in operations])


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, opened_at=now() - timedelta(days=200))


def page_of(world, client, user, path="/access-log"):
    world.sign_in(client, user)
    return client.get(path)


def test_one_sentence_says_who_what_how_often_and_why(world, client, case):
    mia = case.person.user
    look(world, case, world.lise, *[P.PLAN_READ_PUBLISHED] * 3, P.AGENDA_READ, P.CASE_UPDATE)
    look(world, case, mia, P.PLAN_READ_PUBLISHED)
    text = words_of(page_of(world, client, mia).text)
    assert "Lise, sygeplejerske, har læst din plan tre gange." in text
    assert "Det er, fordi Lise er din koordinator." in text
    assert "Lise har også læst dagsordenen." in text
    assert "Lise, sygeplejerske, har skrevet eller ændret noget. Det gælder: dit forløb." in text
    assert "Afsnit O, København, Psykiatrisk Center København" in text
    assert not mentions(text, "Mia")
    assert lix(text) <= 35


def test_a_name_on_a_list_is_not_told_as_reading(world, client, case):
    mia = case.person.user
    look(world, case, world.lise, *[P.PATIENT_LIST_MINE] * 5, P.PLAN_READ_PUBLISHED)
    look(world, case, world.jonas, P.PATIENT_LIST_MINE)
    page = page_of(world, client, mia).text
    text = words_of(page)
    assert "Lise, sygeplejerske, har læst din plan én gang. Lise har set dit navn på sin" in text
    assert "på sin liste fem gange. Det er, fordi Lise er din koordinator." in text
    assert "har set dit navn på sin liste én gang. Det er, fordi Jonas er" in text
    assert "så dit navn på sin liste" in text
    assert "dit forløb" not in text
    assert lix(text) <= 35


def test_a_denied_attempt_says_what_was_not_seen(world, client, case):
    mia = case.person.user
    world.sign_in(client, world.stranger)
    assert client.get(f"/cases/{case.id}/consents").status_code == 404
    text = words_of(page_of(world, client, mia).text)
    assert "Rune, sygeplejerske, prøvede at se hvem der må se hvad, men fik ikke lov." in text
    assert "Rune så ikke hvem der må se hvad." in text


def test_what_was_read_is_never_said_to_be_unseen_in_the_same_week(world, client, case):
    look(world, case, world.jonas, P.PLAN_READ_PUBLISHED)
    look(world, case, world.jonas, P.PLAN_HISTORY, P.CONSENT_GRANT, allowed=False)
    look(world, case, world.jonas, P.ACTION_CREATE)
    look(world, case, world.jonas, P.ACTION_READ, allowed=False)
    text = words_of(page_of(world, client, case.person.user).text)
    twice = re.search(r"Jonas prøvede også en anden gang at se ([^.]*), men fik ikke lov\.", text)[
        1
    ]
    assert {"din plan" in twice, "dine aftaler" in twice} == {True}
    assert "Jonas prøvede også at se hvem der må se hvad, men fik ikke lov." in text
    assert "Jonas så ikke hvem der må se hvad." in text
    for read in ("så ikke din plan", "så ikke dine aftaler", "lov at se din plan"):
        assert read not in text
    assert lix(text) <= 35


def tried_by_others(world, client, case):
    """Let two other patients, a relative of another case and a stranger's friend come near."""
    others = [world.case(name).person.user for name in ("Omar Haddad", "Noah Lind")]
    world.add_relative(world.case("Omar Haddad"), world.user("Samira Haddad"))
    others.append(world.user("Samira Haddad"))
    world.save()
    for user in others:
        world.sign_in(client, user)
        assert client.get(f"/cases/{case.id}/consents").status_code == 404
    return others


def test_whoever_is_private_and_unknown_to_the_network_stands_without_a_name(world, client, case):
    mia = case.person.user
    others = tried_by_others(world, client, case)
    page = page_of(world, client, mia)
    text = words_of(page.text)
    said = "En, der ikke er med i dit netværk, prøvede at se hvem der må se hvad, men fik ikke lov."
    assert text.count(said) == len(others)
    for user in others:
        assert user.first_name not in page.text
        assert user.id not in page.text
    assert "Spørg hvorfor" not in text
    assert lix(text) <= 35


def test_what_an_unknown_one_could_read_is_told_without_their_name(world, client, case):
    omar = world.case("Omar Haddad").person.user
    look(world, case, omar, P.MEETING_READ, P.AGENDA_READ, P.MEETING_REQUEST)
    text = words_of(page_of(world, client, case.person.user).text)
    assert "En, der ikke er med i dit netværk, har læst" in text
    assert "Den samme har også læst" in text
    assert "Omar" not in text


def test_nobody_can_ask_for_the_reason_of_one_who_is_unknown(world, client, case):
    mia, omar = case.person.user, tried_by_others(world, client, case)[0]
    world.sign_in(client, mia)
    week = looks.monday(now()).isoformat()
    answer = client.send("/access-log/ask", {"about": omar.id, "week": week})
    assert answer.status_code == 422
    assert "Der er ikke noget at spørge om den uge." in answer.text
    assert db.session.query(AccessQuestion).count() == 0


def test_who_was_in_the_network_and_who_is_staff_keep_their_names(world, client, case):
    service.leave(case, case.member(world.hanne.id), at=now())
    look(world, case, world.hanne, P.MEETING_READ, allowed=False)
    look(world, case, world.stranger, P.MEETING_READ, allowed=False)
    page = page_of(world, client, case.person.user)
    text = words_of(page.text)
    assert "Hanne prøvede at se mødet, men fik ikke lov." in text
    assert "Rune, sygeplejerske, prøvede at se mødet, men fik ikke lov." in text
    assert text.count("Spørg hvorfor") == 1
    assert "Undrer det dig, så tal med Hanne eller med din koordinator." in text


def test_staff_who_look_as_a_private_person_are_named_for_their_work_alone(world, client, case):
    look(world, case, world.stranger, P.MEETING_READ, allowed=False)
    private = replace(world.actor(world.stranger), role=Role.PAT, unit_id=None)
    audit.record([entry(private, P.PLAN_READ_PUBLISHED, case, allowed=False)])
    text = words_of(page_of(world, client, case.person.user).text)
    assert "Rune, sygeplejerske, prøvede at se mødet, men fik ikke lov." in text
    assert "En, der ikke er med i dit netværk, prøvede at se din plan, men fik ikke lov." in text


def test_weeks_are_apart_and_older_ones_behind_a_link(world, client, case):
    look(world, case, world.jonas, P.MINUTES_READ_PUBLISHED, days_ago=14)
    look(world, case, world.hanne, P.ACTION_READ, days_ago=7)
    look(world, case, world.jonas, P.FILE_READ, days_ago=140)
    page = page_of(world, client, case.person.user)
    text = words_of(page.text)
    assert "Jonas, sagsbehandler, har læst referatet én gang." in text
    assert "Hanne, søster, har læst dine aftaler én gang." in text
    assert "papirerne" not in text
    older = re.search(r'href="(/access-log\?week=[^"]+)"', page.text)[1]
    then = client.get(older)
    assert "papirerne ved møderne" in then.text
    assert "Nyere" in then.text
    for week in ("nonsense", "0001-01-01", "9999-12-31"):
        assert client.get(f"/access-log?week={week}").status_code == 200


def test_an_empty_log_says_so(world, client, case):
    assert "Ingen andre har set noget" in page_of(world, client, case.person.user).text


def test_who_asks_why_is_told_once_that_it_was_sent(world, client, case):
    look(world, case, world.lise, P.PLAN_READ_PUBLISHED)
    week = re.search(r'name="week" value="([^"]+)"', page_of(world, client, case.person.user).text)
    client.send("/access-log/ask", {"about": world.lise.id, "week": week[1]})
    sent = "Dit spørgsmål er sendt. Svaret kommer her på siden."
    assert sent in words_of(client.get("/access-log").text)
    assert sent not in words_of(client.get("/access-log").text)


def test_somebody_else_answers_why(world, client, case):
    mia, boss = (
        case.person.user,
        world.staff("Birte Vang", world.ward, role=Role.MGR, title="leder"),
    )
    look(world, case, world.lise, P.PLAN_READ_PUBLISHED)
    page = page_of(world, client, mia)
    week = re.search(r'name="week" value="([^"]+)"', page.text)[1]
    ask = {"about": world.lise.id, "week": week}
    assert client.send("/access-log/ask", ask).status_code == 303
    asked = words_of(client.get("/access-log").text)
    by = calendar.add_working_days(clock.today(), ANSWER_WITHIN)
    assert "Du stillede spørgsmålet" in asked
    assert f"Du får svar her senest {calendar.day(by, today=clock.today())}." in asked
    twice = client.send("/access-log/ask", ask)
    assert twice.status_code == 422
    for other in ({"about": "x"}, {"week": "0001-01-01"}, {"week": "9999-12-31"}):
        assert client.send("/access-log/ask", {**ask, **other}).status_code == 422
    assert client.send("/access-log/ask", {"about": "", "week": ""}).status_code == 400
    told = db.session.query(Message).filter_by(kind="cases.news", user_id=boss.id).one()
    assert told.case_id is None

    listed = page_of(world, client, boss, "/access-questions")
    assert "Lise Dam" in listed.text
    path = re.search(r"/access-questions/\w{16}", listed.text)[0]
    shown = client.get(path)
    assert not mentions(shown.text + listed.text, "Mia")
    version = re.search(r'name="version"[^>]*value="(\d+)"', shown.text)[1]
    form = {"version": version, "answer": "Lise var på vagt."}
    assert client.send(path, {**form, "answer": ""}).status_code == 422
    assert client.send(path, form).status_code == 303
    assert client.send(path, {**form, "answer": "Andet"}).status_code == 409
    assert "Besvaret" in client.get("/access-questions").text
    answered = words_of(page_of(world, client, mia).text)
    assert "Lise var på vagt." in answered
    assert (
        "Birte, leder, har skrevet eller ændret noget. Det gælder: svaret på dit spørgsmål."
        in answered
    )


def test_who_looked_does_not_answer_and_other_units_do_not_see_the_question(world, client, case):
    look(world, case, world.lise, P.PLAN_READ_PUBLISHED)
    mia = case.person.user
    page = page_of(world, client, mia)
    week = re.search(r'name="week" value="([^"]+)"', page.text)[1]
    client.send("/access-log/ask", {"about": world.lise.id, "week": week})
    question = db.session.query(AccessQuestion).one().id
    assert page_of(world, client, world.manager, f"/access-questions/{question}").status_code == 404
    assert "Ingen har spurgt." in client.get("/access-questions").text
    auditor = world.staff("Ole Bo", world.ward, role=Role.AUD, title="revisor")
    assert page_of(world, client, auditor, f"/access-questions/{question}").status_code == 200
    assert "Lise Dam" in client.get("/access-questions").text
    assert page_of(world, client, world.lise, f"/access-questions/{question}").status_code == 404


def test_a_relative_tells_and_person_and_coordinator_read_it(world, client, case):
    case_id, mia = case.id, case.person.user
    path = f"/cases/{case_id}/tell"
    page = page_of(world, client, world.hanne, path)
    assert "kan læses af den, det handler om" in page.text
    assert not mentions(page.text, "Mia")
    assert client.send(path, {"text": ""}).status_code == 422
    assert client.send(path, {"text": "Hun sover ikke."}).location == f"/cases/{case_id}/told"
    told = client.get(f"/cases/{case_id}/told").text
    assert "Hun sover ikke." in told
    assert "Det er sendt til personalet." in told
    assert "Det er sendt" not in client.get(f"/cases/{case_id}/told").text
    for user in (mia, world.lise):
        assert "Hun sover ikke." in page_of(world, client, user, f"/cases/{case_id}/told").text
    for user in (world.jonas, world.stranger):
        assert page_of(world, client, user, f"/cases/{case_id}/told").status_code == 404
    assert page_of(world, client, world.lise, path).status_code == 404


def test_who_has_left_tells_nothing_more(world, client, case):
    service.leave(case, case.member(world.hanne.id), at=now())
    assert page_of(world, client, world.hanne, f"/cases/{case.id}/tell").status_code == 404


def test_how_often_is_said_in_words_up_to_twelve(app):
    with app.test_request_context():
        assert looks.times(1) == "én gang"
        assert looks.times(12) == "tolv gange"
        assert looks.times(13) == "13 gange"


def test_every_operation_has_a_word_and_what_is_only_read_is_known(app):
    with app.test_request_context():
        assert all(looks.thing(operation) for operation in P)
    assert looks.is_look(P.PLAN_READ_PUBLISHED)
    assert looks.is_look(P.ROOM_FOLLOW)
    assert not looks.is_look(P.CONSENT_GRANT)


def test_the_log_takes_as_many_queries_for_many_as_for_few(world, client, case, count_queries):
    mia = case.person.user
    look(world, case, world.lise, P.CASE_READ)
    counts = []
    for _round in range(2):
        world.sign_in(client, mia)
        with count_queries() as asked:
            client.get("/access-log")
        counts.append(len(asked))
        look(world, queries.by_id(case.id), world.jonas, *[P.CASE_READ] * 5)
        look(world, queries.by_id(case.id), world.stranger, P.CASE_READ, allowed=False)
    assert counts[0] == counts[1] <= 12


def test_what_is_not_there_accuses_nobody(world, client, case):
    mia = case.person.user
    meeting = world.meeting(case)
    world.save()
    world.sign_in(client, world.lise)
    missing = f"/meetings/{meeting.id}/actions/{'0' * 16}/line"
    assert client.get(missing).status_code == 404
    world.sign_in(client, world.stranger)
    assert client.get(f"/meetings/{meeting.id}").status_code == 404
    text = words_of(page_of(world, client, mia).text)
    assert "Rune, sygeplejerske, prøvede" in text
    assert "Lise" not in text


def test_a_right_that_a_view_asks_for_besides_is_a_refusal(world, client, case):
    mia, seen = case.person.user, f"/cases/{case.id}/seen?of={world.hanne.id}"
    world.sign_in(client, world.jonas)
    assert client.get(seen).status_code == 404
    text = words_of(page_of(world, client, mia).text)
    assert "Jonas, sagsbehandler, prøvede" in text
