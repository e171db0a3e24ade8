"""The written questions after a meeting in the browser: the form, the answers, who reads them."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.cases import service as cases
from netmeet.cases.models import TeamMember
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import MeetingEvaluation
from netmeet.meetings.rules import EvaluationRound, Side
from netmeet.outbox.models import Message
from netmeet.plans.models import Acceptance, Plan, PlanVersion
from netmeet.plans.rules import AcceptanceAnswer
from netmeet.reminders import jobs
from tests.evaluations import answered, held
from tests.lix import lix
from tests.world import now

EASY = 30
FULL = {"heard": "5", "mattered": "3", "text": "I lyttede"}


@pytest.fixture
def case(world):
    made = world.case(relative=world.hanne, relative_scopes=[Scope.BASIC, Scope.INVITE])
    world.made["mia"] = made.person.user
    return made


@pytest.fixture
def meeting(world, case):
    made = held(world, case, there=(world.jonas, world.lise, world.hanne))
    world.save()
    return made


def as_(world, app, name_or_user):
    browser = app.test_client()
    user = world.made[name_or_user] if isinstance(name_or_user, str) else name_or_user
    world.sign_in(browser, user)
    return browser


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def rows():
    db.session.expire_all()
    return db.session.scalars(select(MeetingEvaluation)).all()


def path(meeting):
    return f"/meetings/{meeting.id}/evaluation"


def test_the_person_answers_sees_it_and_changes_it(world, app, meeting):
    mia, here = as_(world, app, "mia"), path(meeting)
    page = mia.get(here)
    assert "Hvordan var mødet for dig?" in text(page)
    assert "checked" not in page.get_data(as_text=True)
    assert page.get_data(as_text=True).count("<legend") == 6
    assert mia.send(here, {**FULL, "version": "0"}).location == here
    done = text(mia.get(here))
    assert "Dine svar er gemt. Du kan ændre dem" in done
    assert "Blev der lyttet til dig? Ja" in done
    assert "Handlede mødet om det, der er vigtigt for dig? Nogenlunde" in done
    assert "I lyttede" in done
    change = mia.get(f"{here}?change=1").get_data(as_text=True)
    assert re.search(r'id="heard-5"[^>]*checked', change)
    assert mia.send(here, {"heard": "1", "version": "1"}).status_code == 303
    (row,) = rows()
    assert (row.heard, row.mattered, row.text) == (1, None, "")


def test_the_page_says_who_reads_it_before_one_answers(world, app, meeting):
    page = as_(world, app, "mia").get(path(meeting)).get_data(as_text=True)
    before, _form, _after = page.partition("<form method")
    assert "Lise kan kun læse dem, hvis du siger ja nederst." in before
    jonas = as_(world, app, world.jonas).get(path(meeting)).get_data(as_text=True)
    assert jonas.index("Ingen får at vide, hvad netop du svarer.") < jonas.index("<fieldset")


def test_a_refused_form_keeps_everything_and_says_why_beside_the_question(world, app, meeting):
    mia = as_(world, app, "mia")
    answer = mia.send(path(meeting), {"text": "Kun mine ord", "readers": "yes"})
    assert answer.status_code == 422
    body = answer.get_data(as_text=True)
    assert 'id="mattered-error"' in body
    assert "Vælg et svar til mindst ét spørgsmål." in body
    assert "Kun mine ord" in body
    assert re.search(r'id="readers-0"[^>]*checked', body)
    long = mia.send(path(meeting), {"heard": "4", "text": "x" * 4001})
    assert long.status_code == 422
    assert "Teksten er for lang." in text(long)
    assert re.search(r'id="heard-4"[^>]*checked', long.get_data(as_text=True))
    assert rows() == []


def test_a_step_that_is_none_is_not_taken(world, app, meeting):
    mia = as_(world, app, "mia")
    answer = mia.send(path(meeting), {"heard": "6", "mattered": "4"})
    assert answer.status_code == 422
    assert "Vælg et af svarene." in text(answer)


def test_what_is_sent_twice_is_one_row_and_leads_to_the_same_page(world, app, meeting):
    mia, here = as_(world, app, "mia"), path(meeting)
    key = re.search(r'name="once" value="([^"]+)"', mia.get(here).get_data(as_text=True))[1]
    sent = {**FULL, "version": "0", "once": key}
    assert [mia.send(here, sent).location for _ in range(2)] == [here, here]
    assert len(rows()) == 1


def test_answers_given_on_another_phone_are_shown_beside_ones_own(world, app, meeting):
    mia, here = as_(world, app, "mia"), path(meeting)
    mia.send(here, {"heard": "5", "text": "Først", "version": "0"})
    answer = mia.send(here, {"heard": "1", "text": "Siden", "version": "0", "readers": "yes"})
    assert answer.status_code == 409
    page = text(answer)
    assert "Først" in page
    assert "Siden" in page
    assert rows()[0].heard == 5


def test_the_coordinator_reads_by_name_only_after_a_yes(world, app, meeting):
    mia, lise, all_ = as_(world, app, "mia"), as_(world, app, world.lise), f"{path(meeting)}/all"
    mia.send(path(meeting), {**FULL, "version": "0"})
    page = text(lise.get(all_))
    assert "1 af 4 har svaret." in page
    assert "Her står svarene, hvis Mia åbner dem for dig." in page
    assert "I lyttede" not in page
    mia.send(path(meeting), {**FULL, "version": "1", "readers": "yes"})
    page = text(lise.get(all_))
    assert "Mia siger" in page
    assert "I lyttede" in page
    assert "Lise må læse det." in text(mia.get(path(meeting)))


def test_the_page_is_the_same_whether_the_person_has_answered_or_not(world, app, meeting):
    lise, all_ = as_(world, app, world.lise), f"{path(meeting)}/all"
    before = text(lise.get(all_)).replace("0 af 4", "")
    as_(world, app, "mia").send(path(meeting), {**FULL, "version": "0"})
    assert text(lise.get(all_)).replace("1 af 4", "") == before


def test_the_others_words_are_shown_when_it_is_closed_and_five_have_answered(world, app, case):
    nurses = [world.staff(f"Bo Nr{n}", world.ward, role=Role.REG) for n in range(5)]
    for user in nurses:
        place = cases.Place(
            role=MemberRole.REGIONAL_STAFF,
            organisation_id=world.ward.organisation_id,
            unit_id=world.ward.id,
        )
        cases.join(case, user, place=place, at=now())
    meeting = held(world, case, days_ago=28, there=tuple(nurses))
    for user in nurses[:4]:
        answered(meeting, user, Side.STAFF, text="Godt møde")
    world.save()
    lise, all_ = as_(world, app, world.lise), f"{path(meeting)}/all"
    page = text(lise.get(all_))
    assert "For få har svaret." in page
    assert "Godt møde" not in page
    answered(meeting, nurses[4], Side.STAFF, step=1, text="Vi manglede en læge")
    world.save()
    page = text(lise.get(all_))
    assert "Blev der lyttet til borgeren? Ja 4 · Nej 1" in page
    assert "Vi manglede en læge" in page
    assert "Nr0" not in page.partition("Svar efter mødet")[2]


def test_only_the_persons_side_and_who_leads_read_it(world, app, meeting):
    for user in (world.jonas, world.hanne):
        assert as_(world, app, user).get(f"{path(meeting)}/all").status_code in {403, 404}
    assert as_(world, app, "mia").get(f"{path(meeting)}/all").status_code == 200


def test_staff_and_relatives_are_asked_in_their_own_words(world, app, meeting):
    jonas = text(as_(world, app, world.jonas).get(path(meeting)))
    assert "Handlede mødet om det, der er vigtigt for borgeren?" in jonas
    assert "Havde du det mandat, du skulle bruge?" in jonas
    assert "læse dine svar" not in jonas
    hanne = text(as_(world, app, world.hanne).get(path(meeting)))
    assert "Blev du inddraget, som din nærmeste ønskede?" in hanne
    assert "mandat" not in hanne


def test_the_page_says_why_nothing_is_asked(world, app, case):
    ahead = world.meeting(case, in_days=3)
    absent = held(world, case)
    today = held(world, case, days_ago=0, there=(world.jonas,))
    over = held(world, case, days_ago=28, there=(world.jonas,))
    world.save()
    jonas = as_(world, app, world.jonas)
    said = [text(jonas.get(path(one))) for one in (ahead, absent, today, over)]
    assert "Mødet er ikke holdt endnu." in said[0]
    assert "Spørgsmålene er til dem, der var med på mødet." in said[1]
    tomorrow = calendar.day(clock.today() + timedelta(days=1))
    assert f"Du kan svare fra {tomorrow}." in said[2]
    assert "Der kan ikke svares mere." in said[3]
    for one in (ahead, absent, today, over):
        assert jonas.send(path(one), {"heard": "5"}).status_code == 422
    assert rows() == []


def test_a_person_who_was_not_there_is_asked_what_they_can_tell(world, app, case):
    meeting = held(world, case, person_came=False)
    world.save()
    page = text(as_(world, app, "mia").get(path(meeting)))
    assert "Du var ikke selv med. Svar ud fra det, du har fået at vide." in page
    assert "Blev der lyttet til dig?" not in page


def test_four_weeks_later_one_question_follows_and_the_first_answers_stay(world, app, case):
    meeting = held(world, case, days_ago=28)
    answered(meeting, case.person.user, Side.PERSON, text="Dengang", is_open=True)
    world.save()
    mia = as_(world, app, "mia")
    page = text(mia.get(path(meeting)))
    assert "Er det, I aftalte, sket?" in page
    assert "Dengang" in page
    assert mia.send(path(meeting), {"happened": "2", "version": "0"}).status_code == 303
    done = text(mia.get(path(meeting)))
    assert "Er det, I aftalte, sket? Kun lidt" in done
    assert done.index("Lise må læse det.") < done.index("Kun du kan læse det.")
    assert "Dengang" in done
    assert {row.round for row in rows()} == set(EvaluationRound)


def test_what_was_opened_is_closed_when_one_likes(world, app, case):
    meeting = held(world, case, days_ago=40)
    answered(meeting, case.person.user, Side.PERSON, text="Lise lyttede ikke.", is_open=True)
    world.save()
    mia, lise = as_(world, app, "mia"), as_(world, app, world.lise)
    assert "Lise lyttede ikke." in text(lise.get(f"{path(meeting)}/all"))
    assert "Luk mine svar" in text(mia.get(path(meeting)))
    assert mia.send(f"{path(meeting)}/close").location == path(meeting)
    assert "Luk mine svar" not in text(mia.get(path(meeting)))
    assert "Lise lyttede ikke." not in text(lise.get(f"{path(meeting)}/all"))


def test_the_front_page_asks_quietly_until_it_is_put_away(world, app, meeting):
    mia = as_(world, app, "mia")
    page = mia.get("/").get_data(as_text=True)
    assert "Hvordan var mødet for dig?" in page
    assert page.index('id="agreed-heading"') < page.index('id="evaluation-heading"')
    assert page.count("button-primary") == 1
    answer = mia.send(f"{path(meeting)}/not-now", {"next": "/"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Hvordan var mødet for dig?" not in mia.get("/").get_data(as_text=True)
    assert "Blev der lyttet til dig?" in text(mia.get(path(meeting)))


def test_the_front_page_asks_no_more_of_who_has_answered(world, app, meeting):
    mia = as_(world, app, "mia")
    mia.send(path(meeting), {**FULL, "version": "0"})
    assert "Hvordan var mødet for dig?" not in mia.get("/").get_data(as_text=True)


@pytest.mark.parametrize(("said", "is_asked"), [(None, False), (AcceptanceAnswer.THINKING, True)])
def test_the_plan_is_asked_about_first(world, app, case, meeting, said, is_asked):
    plan = Plan(case_id=case.id, begun_at=now())
    db.session.add(plan)
    db.session.flush()
    version = PlanVersion(
        plan_id=plan.id,
        n=1,
        published_at=now(),
        published_by_id=world.lise.id,
        comments_until=clock.today(),
        content={"sections": [], "goals": [], "actions": []},
    )
    db.session.add(version)
    db.session.flush()
    if said is not None:
        who = {"by_id": case.person.user_id, "at": now(), "how": "digital"}
        db.session.add(Acceptance(plan_version_id=version.id, answer=said, **who))
    world.save()
    page = as_(world, app, "mia").get("/").get_data(as_text=True)
    assert "Er det her din plan?" in page
    assert ("Hvordan var mødet for dig?" in page) is is_asked


def test_the_mail_leads_to_the_questions_behind_a_code(world, app, meeting):
    jobs.tick(calendar.to_instant(calendar.to_local(now()).replace(hour=10, tzinfo=None)))
    message = db.session.scalars(
        select(Message).where(
            Message.user_id == world.hanne.id, Message.kind == "reminders.evaluation"
        )
    ).one()
    link = f"/i/{message.facts['token']}"
    anybody = app.test_client()
    page = anybody.get(link).get_data(as_text=True)
    assert "Du har en besked" in page
    assert not [
        word for word in ("Mia", "Lise", "Hanne", "mødet") if word in text(anybody.get(link))
    ]
    anybody.send(f"{link}/code", {"action": "send"})
    with anybody.session_transaction() as browser:
        assert browser["link_next"] == path(meeting)


def test_the_link_leads_nowhere_when_its_reader_has_left(world, app, case, meeting):
    jobs.tick(calendar.to_instant(calendar.to_local(now()).replace(hour=10, tzinfo=None)))
    message = db.session.scalars(
        select(Message).where(
            Message.user_id == world.hanne.id, Message.kind == "reminders.evaluation"
        )
    ).one()
    place = select(TeamMember).where(TeamMember.user_id == world.hanne.id)
    db.session.scalars(place).one().left_at = now()
    db.session.commit()
    assert app.test_client().get(f"/i/{message.facts['token']}").status_code == 404


def test_the_meeting_leads_there(world, app, meeting):
    there = path(meeting)
    for user in ("mia", world.hanne, world.jonas, world.lise):
        page = as_(world, app, user).get(f"/meetings/{meeting.id}").get_data(as_text=True)
        assert f'href="{there}"' in page
        assert (f'href="{there}/all"' in page) is (user is world.lise)


def plain(answer):
    """Return what a page says between its head and its foot, a line for each part of it."""
    body = answer.get_data(as_text=True)
    main = body[body.index("<main") : body.index("</main>")]
    lines = re.sub(r"</(p|li|legend|h\d|label|button|strong|span|a)>", ".\n", main)
    return html.unescape(re.sub(r"<[^>]+>", " ", lines))


def test_the_persons_pages_are_easy_to_read(world, app, case):
    meeting = held(world, case, there=(world.hanne,))
    later = held(world, case, days_ago=28, person_came=False)
    world.save()
    mia, here = as_(world, app, "mia"), path(meeting)
    shown = [mia.get(here), mia.send(here, {}), mia.get(f"{here}/all")]
    mia.send(here, {**FULL, "version": "0", "text": ""})
    shown += [mia.get(here), mia.get(f"{here}?change=1")]
    shown += [mia.get(path(later)), as_(world, app, world.hanne).get(here)]
    hard = [(main, lix(main)) for main in map(plain, shown) if lix(main) > EASY]
    assert hard == []


def test_the_pages_ask_the_database_no_more_than_twelve_times(world, app, meeting, counting):
    mia, lise = as_(world, app, "mia"), as_(world, app, world.lise)
    asked = {}
    for browser, where in ((mia, "/"), (mia, path(meeting)), (lise, f"{path(meeting)}/all")):
        browser.get(where)
        with counting() as seen:
            browser.get(where)
        asked[where] = len(seen)
    assert {where: count for where, count in asked.items() if count > 12} == {}
