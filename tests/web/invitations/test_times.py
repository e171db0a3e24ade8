"""Finding a time in the browser: asking, answering behind the link and the login, choosing."""

import re
from datetime import datetime, time

import pytest
from sqlalchemy import select

from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations.models import DateOption, DatePoll, DateVote
from netmeet.meetings.models import Meeting
from netmeet.outbox.models import Message
from netmeet.plans import queries as plans
from netmeet.readiness import queries as readiness
from tests.world import now

SECRETS = ("Mia", "Sørensen", "Jonas", "Hanne", "Lise", "bolig", "lokale", "sykiatri")


def working(days):
    return datetime.combine(calendar.add_working_days(clock.today(), days), time(13))


@pytest.fixture
def meeting(world):
    made = world.meeting_without_time()
    world.made["mia"] = made.case.person.user
    db.session.commit()
    return made


def as_(world, app, user):
    browser = app.test_client()
    world.sign_in(browser, user)
    return browser


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def asked(*days, by=2):
    sent = {"answer_by": working(by).date().isoformat()}
    for n, day in enumerate(days):
        sent |= {f"t{n}-date": working(day).date().isoformat(), f"t{n}-time": "13:00"}
    return sent


def ask(world, app, meeting, *days):
    answer = as_(world, app, world.lise).send(f"/meetings/{meeting.id}/times", asked(*days))
    assert answer.status_code == 303


def options():
    return db.session.scalars(select(DateOption).order_by(DateOption.starts_local)).all()


def votes():
    return {(one.user_id, one.option_id): one.value.value for one in _all(DateVote)}


def _all(model):
    db.session.expire_all()
    return db.session.scalars(select(model)).all()


def said(*values):
    """Return a form with these answers, where nothing was answered before."""
    chosen = zip(options(), values, strict=False)
    return {f"{one.id}-value": value for one, value in chosen if value}


def link_of(user):
    (message,) = [one for one in _all(Message) if one.user_id == user.id]
    return f"/i/{message.facts['token']}"


def test_from_asking_to_the_chosen_time(world, app, meeting):
    lise, times = as_(world, app, world.lise), f"/meetings/{meeting.id}/times"
    assert "Find en tid" in text(lise.get(f"/meetings/{meeting.id}"))
    assert "Spørg om tider" in text(lise.get(times))
    ask(world, app, meeting, 4, 5)
    mia = world.made["mia"]
    for user, values in ((mia, ("no", "yes")), (world.hanne, ("yes", "maybe"))):
        browser, own = as_(world, app, user), f"/meetings/{meeting.id}/times/own"
        assert "Hvornår kan du?" in text(browser.get(f"/meetings/{meeting.id}"))
        assert browser.send(own, said(*values)).location == own
        assert "Svaret er gemt." in text(browser.get(own))
    page = text(lise.get(times))
    assert "1 kan Mia Sørensen" in page
    assert "1 kan måske Hanne Sørensen" in page
    assert "1 kan ikke Mia Sørensen" in page
    assert page.index("De mangler at svare") < page.index("Jonas Holm")
    version = db.session.get(Meeting, meeting.id).version
    answer = lise.send(f"{times}/choose", {"option": options()[1].id, "version": version})
    assert answer.location == f"/meetings/{meeting.id}/invitations#send"
    assert db.session.get(Meeting, meeting.id).starts_local == working(5)
    assert "Tiden er fundet" in text(as_(world, app, mia).get(f"/meetings/{meeting.id}/times/own"))


def test_the_person_s_front_page_asks_first_of_all(world, app, meeting):
    mia = as_(world, app, world.made["mia"])
    assert "Vælg tider" not in text(mia.get("/"))
    ask(world, app, meeting, 4)
    page = mia.get("/")
    assert "Vælg de tider, der passer dig. Vælg tider" in text(page)
    assert page.get_data(as_text=True).count("button-primary") == 1


def test_the_link_of_the_mail_takes_the_answer_and_tells_nothing(world, app, meeting):
    ask(world, app, meeting, 4, 5)
    anybody, link = app.test_client(), link_of(world.hanne)
    page = anybody.get(link).get_data(as_text=True)
    assert calendar.day_and_time(working(4)).capitalize() in page
    assert not [word for word in SECRETS if word in page]
    assert anybody.send(link, said("yes", "no")).location == link
    assert votes() == {
        (world.hanne.id, options()[0].id): "yes",
        (world.hanne.id, options()[1].id): "no",
    }
    (first, _second) = _all(DateVote)
    assert first.via == "link"
    assert "Svaret er gemt." in text(anybody.get(link))


def test_each_time_is_a_group_of_radio_buttons_with_the_time_as_its_legend(world, app, meeting):
    ask(world, app, meeting, 4, 5)
    page = app.test_client().get(link_of(world.hanne)).get_data(as_text=True)
    legends = re.findall(r"<fieldset.*?<legend[^>]*>\s*(.*?)\s*</legend>", page, re.DOTALL)
    assert [one.strip() for one in legends] == [
        calendar.day_and_time(working(day)).capitalize() for day in (4, 5)
    ]
    assert page.count('type="radio"') == 6


@pytest.mark.parametrize(
    ("value", "says"), [("perhaps", "Vælg et af svarene."), ("", "mindst én tid")]
)
def test_what_is_no_answer_is_said(world, app, meeting, value, says):
    ask(world, app, meeting, 4)
    for path, browser in (
        (link_of(world.hanne), app.test_client()),
        (f"/meetings/{meeting.id}/times/own", as_(world, app, world.hanne)),
    ):
        answer = browser.send(path, said(value))
        assert answer.status_code == 422
        assert says in text(answer)
    assert votes() == {}


def test_what_is_half_written_is_said_beside_the_field_and_kept(world, app, meeting):
    sent = asked(4) | {"t1-date": working(5).date().isoformat(), "t2-time": "9"}
    answer = as_(world, app, world.lise).send(f"/meetings/{meeting.id}/times", sent)
    assert answer.status_code == 422
    assert "Vælg både dag og klokkeslæt." in text(answer)
    assert "Skriv et klokkeslæt som 13:00." in text(answer)
    assert working(5).date().isoformat() in answer.get_data(as_text=True)
    assert _all(DatePoll) == []


def test_more_times_may_be_asked_about_and_the_answers_stay(world, app, meeting):
    ask(world, app, meeting, 4)
    as_(world, app, world.jonas).send(f"/meetings/{meeting.id}/times/own", said("yes"))
    before = votes()
    ask(world, app, meeting, 6)
    assert len(options()) == 2
    assert votes() == before


def test_the_coordinator_enters_what_was_said_on_the_telephone(world, app, meeting):
    ask(world, app, meeting, 4)
    path = f"/invitations/{meeting.invitation(world.hanne.id).id}/times"
    lise = as_(world, app, world.lise)
    assert "Hvornår kan Hanne Sørensen?" in text(lise.get(path))
    assert lise.send(path, said("maybe")).location == f"/meetings/{meeting.id}/times"
    (vote,) = _all(DateVote)
    assert (vote.user_id, vote.via, vote.by_id) == (world.hanne.id, "entered", world.lise.id)
    page = text(lise.get(f"/meetings/{meeting.id}/times"))
    assert "1 kan måske Hanne Sørensen (skrevet ind)" in page
    assert as_(world, app, world.jonas).get(path).status_code == 403


def test_those_who_lack_an_answer_are_asked_again(world, app, meeting):
    ask(world, app, meeting, 4)
    as_(world, app, world.jonas).send(f"/meetings/{meeting.id}/times/own", said("yes"))
    as_(world, app, world.hanne).send(f"/meetings/{meeting.id}/times/own", said("no"))
    as_(world, app, world.made["mia"]).send(f"/meetings/{meeting.id}/times/own", said("no"))
    answer = as_(world, app, world.lise).send(f"/meetings/{meeting.id}/times/again")
    assert answer.status_code == 422
    assert "Alle, der kan få en mail, har svaret." in text(answer)


def test_who_may_see_what(world, app, meeting):
    ask(world, app, meeting, 4)
    times = f"/meetings/{meeting.id}/times"
    assert as_(world, app, world.hanne).get(times).status_code == 403
    assert as_(world, app, world.made["mia"]).get(times).location == f"{times}/own"
    assert as_(world, app, world.jonas).get(times).status_code == 200
    stranger = world.staff("Nete Fjern", world.ward, role=Role.REG)
    db.session.commit()
    for path in (times, f"{times}/own"):
        assert as_(world, app, stranger).get(path).status_code == 404
    own = text(as_(world, app, world.hanne).get(f"{times}/own"))
    assert "Sådan har alle svaret" not in own
    version = db.session.get(Meeting, meeting.id).version
    chosen = {"option": options()[0].id, "version": version}
    assert as_(world, app, world.jonas).send(f"{times}/choose", chosen).status_code == 403


def test_before_anybody_was_asked_there_is_nothing_to_answer(world, app, meeting):
    own = f"/meetings/{meeting.id}/times/own"
    jonas = as_(world, app, world.jonas)
    assert "Der bliver ikke spurgt om tider nu." in text(jonas.get(own))
    assert jonas.send(own, {}).status_code == 404


def test_a_stale_page_chooses_no_time(world, app, meeting):
    ask(world, app, meeting, 4)
    stale = {"option": options()[0].id, "version": 99}
    answer = as_(world, app, world.lise).send(f"/meetings/{meeting.id}/times/choose", stale)
    assert answer.status_code == 409
    assert db.session.get(Meeting, meeting.id).starts_local is None


def test_the_coordinator_s_day_leads_to_the_times(world, app, meeting):
    def row():
        found = readiness.day(world.actor(world.lise), clock.today(), calls_owed=plans.calls_owed)
        (only,) = [one for one in found.rows if one.endpoint == "invitations.times"]
        return only.text

    assert row() == "Ingen dato endnu."
    ask(world, app, meeting, 4)
    db.session.expire_all()
    assert row() == "Der er spurgt om tider."


def test_who_was_taken_off_the_list_is_no_page_to_enter_for(world, app, meeting):
    ask(world, app, meeting, 4)
    gone = meeting.invitation(world.hanne.id)
    gone.withdraw(at=now())
    db.session.commit()
    path = f"/invitations/{gone.id}/times"
    assert as_(world, app, world.lise).get(path).status_code == 404


def test_who_is_to_be_rung_is_named_in_a_sentence_of_its_own(world, app, meeting):
    world.jonas.email = ""
    db.session.commit()
    page = as_(world, app, world.lise).get(f"/meetings/{meeting.id}/times")
    assert "tider og et nummer. Ring til Jonas Holm." in text(page)


def test_a_time_is_taken_out_by_who_asks_and_by_nobody_else(world, app, meeting):
    ask(world, app, meeting, 4, 5)
    first, _second = options()
    address, sent = f"/meetings/{meeting.id}/times", {"option": first.id}
    lise = as_(world, app, world.lise)
    assert text(lise.get(address)).count("Ja, tag den ud") == 2
    for user, code in ((world.hanne, 404), (world.made["mia"], 403)):
        assert as_(world, app, user).send(f"{address}/drop", sent).status_code == code
    assert lise.send(f"{address}/drop", sent).status_code == 303
    assert [one.starts_local for one in options()] == [working(5)]
    page = lise.get(address)
    assert "Ja, tag den ud" not in text(page)
    refused = lise.send(f"{address}/drop", {"option": options()[0].id})
    assert refused.status_code == 422
    assert "Der skal være en tid tilbage." in text(refused)
    assert lise.send(f"{address}/drop", sent).status_code == 303
