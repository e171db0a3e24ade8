"""A good form for every act: what the pages print, and by hand what they print only at times."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.test import TestResponse

from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import Attendance, Invitation, Meeting
from netmeet.meetings.rules import AttendanceStatus, MeetingState
from tests import hostile
from tests.access import facts, pages, routes
from tests.access.judge import Wanted, expected, own_case
from tests.access.routes import NOBODYS
from tests.access.stage import Persona, Seat, Stage
from tests.world import World, now

VERSIONS = (0, 1, 2, 3)
TODAY = clock.today().isoformat()
SOON = (now() + timedelta(days=9)).date().isoformat()
PLAIN: dict[str, Any] = {
    "text": "Noget at skrive",
    "reason": "Det blev aftalt",
    "title": "Hvor skal jeg bo?",
    "words": "Noget at sige",
    "due_on": SOON,
    "date": SOON,
    "time": "13:00",
    "answer": "yes",
    "how": "digital",
}
"""What a field of the name takes, wherever it stands."""

CONSENT = {
    "scopes": ["invite", "agenda"],
    "purpose": "Mødet om bolig",
    "how": "oral",
    "asked_alone": "yes",
    "limit": "all",
    "months": "3",
    "direction": "both",
    "reach": "person",
}
BY_HAND: dict[str, dict[str, Any]] = {
    "accounts.show_busy": {"address": "https://kalender.example/a.ics"},
    "actions.cancel": {"end-version": 1, "end-reason": "Det blev aftalt"},
    "actions.capture": {"line": "Jonas ringer til Mia i morgen", "keep": "1", "item_id": ""},
    "actions.close_now": {"kind": "moved", "on": TODAY, "owed": "lapse"},
    "actions.draft": {"line": "Jonas ringer til Mia i morgen", "keep": "1", "delete": ""},
    "actions.postpone": {"due-version": 1, "due-due_on": SOON, "due-reason": "Ventetid"},
    "actions.read_back": {"what": "Ringer dagen efter"},
    "cases.add_colleague": {"who": "reg_not_member"},
    "cases.add_colleague_with_consent": {**CONSENT, "who": "reg_not_member"},
    "cases.add_guest": CONSENT,
    "cases.audit_follow_up": {"about": "reg_in", "day": TODAY},
    "cases.open_case": {"birth_date": "1990-01-01", "cpr": "010190-1234", "is_protected": ""},
    "cases.record_mandate": {"kind": "guardian", "who": "", "valid_to": ""},
    "cases.search": {"cpr": "010190-1234"},
    "invitations.add": {"user_id": "gp_not_invited"},
    "invitations.change": {"why": "Vi taler om bolig"},
    "invitations.deputy": {"deputy-name": "Bo Vig", "deputy-email": "bo.vig@example.org"},
    "cases.hand_over": {"reason": "Ferie"},
    "meetings.answer": {"kind": "yes", "version": 0},
    "meetings.attach": {"file": hostile.png(), "point": ""},
    "meetings.conclude": {"conclusion": "agreed"},
    "meetings.create": {"minutes": "45", "date": SOON, "video_link": ""},
    "meetings.decline_request": {"alternative": "En samtale på fredag"},
    "meetings.move_item": {"to": "up"},
    "meetings.not_taken_up": {"version": 1},
    "meetings.remove_file": {"sure": "1"},
    "meetings.save": {"date": SOON, "video_link": ""},
    "plans.add_goal": {"area": ""},
    "plans.answer": {"answer": "accepted", "how": "oral"},
    "plans.end_goal": {"ended": "reached", "ended_on": TODAY},
    "plans.score": {"value": "5"},
}
"""What an act takes that no page prints at this hour; names of personas mean their ids."""

ON_PAGE = {
    "accounts.give_role": "/users/{id}",
    "accounts.update_account": "/account",
    "actions.confirm": "/actions/{id}",
    "actions.reassign": "/actions/{id}/owner",
    "cases.ask_why": "/access-log",
    "cases.change_person": "/cases/{id}/person",
    "cases.hand_over": "/cases/{id}/coordinator",
    "cases.record_consent": "/cases/{id}/consents/new",
    "indicators.note_risks": "/committee",
    "invitations.answer_times": "/meetings/{id}/times/own",
    "invitations.ask_times": "/meetings/{id}/times",
    "invitations.choose_time": "/meetings/{id}/times",
    "invitations.drop_time": "/meetings/{id}/times",
    "invitations.enter_times": "/invitations/{id}/times",
    "meetings.approve_agenda": "/meetings/{id}/agenda",
    "meetings.attendance": "/meetings/{id}/room/people",
    "meetings.create": "/cases/{id}/meetings/new",
    "meetings.evaluate": "/meetings/{id}/evaluation",
    "meetings.room_go": "/meetings/{id}/room",
    "meetings.save": "/meetings/{id}/edit",
    "plans.answer": "/plans/{id}/answer",
    "plans.contest": "/plans/{id}",
    "plans.correct": "/meetings/{id}/correct",
    "plans.publish": "/meetings/{id}/send-out",
}
"""Where the form of this very thing is printed, or linked to."""

ELSEWHERE = {
    "accounts.change_password": "nobody on the stage knows a password",
    "accounts.confirm_second": "nothing on the stage makes codes",
    "accounts.connect_identity": "the stage knows no provider",
    "accounts.end_session": "everybody on the stage is in once",
    "accounts.prove": "a code is sent first",
    "invitations.letter_with_code": "everybody on the stage has an e-mail address",
    "invitations.letter_with_code_pdf": "everybody on the stage has an e-mail address",
    "meetings.room_end": "the points must have been dealt with",
}
"""Acts the stage has nothing for: their operations are done by others, or the act is the own
account's; each is tested where it is at home."""

Act = tuple[Persona, facts.Thing, dict[str, Any]]


def furnish(stage: Stage) -> None:
    """Let somebody be in the rooms of today, one meeting have begun, and a link lead to it.

    Minutes are being written as well, an invitation waits to be sent, and a case may be closed.
    """
    with stage.app.app_context():
        waits, on = (_of_today(stage.cases[name]) for name in ("main", "beside"))
        for meeting in (waits, on):
            here = Attendance(
                meeting_id=meeting.id,
                user_id=meeting.invitations[0].user_id,
                status=AttendanceStatus.WHOLE,
                is_in_room=True,
            )
            db.session.add(here)
        on.started_at, on.current_item_id = now(), on.items[0].id
        waits.items[1].raised_as = Role.REG
        _let_be_written(stage)
        _leave_unsent(stage)
        invited = on.invitations[0]
        user = db.session.get_one(User, invited.user_id)
        link = accounts.make_link(user, purpose="invitation", subject_id=invited.id, at=now())
        stage.secrets["personal_link"][link] = True
        world = World(stage.app)
        world.case("Sara Lind", staff=[])
        stage.add("lead_alone", world.lise)
        stage.remember()
        db.session.remove()


def _let_be_written(stage: Stage) -> None:
    """Let the minutes of a meeting that was called off be written: its chair, who left, cannot."""
    off = (Meeting.case_id == stage.cases["main"], Meeting.state == MeetingState.CANCELLED)
    held = db.session.scalars(select(Meeting).where(*off)).one()
    held.state, held.chair_id = MeetingState.MINUTES_DRAFT, stage.personas["reg_chair"].user_id
    held.started_at = held.ended_at = now()


def _leave_unsent(stage: Stage) -> None:
    """Let one invitation wait on the list, to somebody the person has said yes to."""
    ahead = (Meeting.case_id == stage.cases["teen"], Meeting.state == MeetingState.INVITED)
    theirs = Invitation.user_id == stage.personas["mun_in"].user_id
    statement = select(Invitation).join(Invitation.meeting).where(*ahead, theirs)
    db.session.scalars(statement).one().sent_at = None


def _of_today(case_id: str) -> Meeting:
    """Return the first meeting of the case that lies ahead, and let it be today."""
    statement = (
        select(Meeting)
        .where(Meeting.case_id == case_id, Meeting.state == MeetingState.INVITED)
        .options(selectinload(Meeting.invitations), selectinload(Meeting.items))
        .order_by(Meeting.starts_local)
    )
    meeting = db.session.scalars(statement).first()
    assert meeting is not None
    meeting.starts_local = calendar.to_local(now()).replace(tzinfo=None)
    return meeting


def good_forms(
    stage: Stage, known: facts.Facts, route: routes.Route, printed: Mapping[str, Any]
) -> Iterator[Act]:
    """Yield who may do it to what, and the form for it: one after the other until one is taken."""
    told = {**PLAIN, **printed, **_by_hand(stage, route.endpoint)}
    for persona in stage.personas.values():
        who = persona.fresh.caller
        for thing in _things(stage, known, route, persona):
            if expected(known, who, route, thing) is not Wanted.LET_IN:
                continue
            if route.endpoint in ON_PAGE:
                shown = _on_page(stage, known, route, persona, thing)
                if shown:
                    yield persona, thing, {**PLAIN, **shown, **_by_hand(stage, route.endpoint)}
                continue
            for version in _versions(known, route, thing):
                yield persona, thing, _prefixed(route, thing, {**told, **version})


def _things(
    stage: Stage, known: facts.Facts, route: routes.Route, persona: Persona
) -> list[facts.Thing]:
    table = route.table
    if table in {"", "own"}:
        who = persona.fresh.caller
        return [own_case(known, who) if table == "own" else facts.NOTHING]
    ids = stage.secrets.get(table) or stage.ids[table]
    return _spread(known, [facts.Thing(table, one) for one in reversed(ids)])


def _spread(known: facts.Facts, things: Iterable[facts.Thing]) -> list[facts.Thing]:
    """Return one thing of each meeting, then another: when one is over, so is all that is in it."""
    before: Counter[str] = Counter()
    ordered = []
    for thing in things:
        meeting = known.meeting_of(thing)
        of = meeting["id"] if meeting is not None else thing.id
        ordered.append((before[of], thing))
        before[of] += 1
    return [thing for _turn, thing in sorted(ordered, key=itemgetter(0))]


def _by_hand(stage: Stage, endpoint: str) -> dict[str, Any]:
    told = dict(BY_HAND.get(endpoint, {}))
    for name in ("who", "about", "user_id"):
        persona = stage.personas.get(told.get(name, ""))
        if persona is not None:
            told[name] = persona.role_id if name == "who" else persona.user_id
    return told


def _versions(known: facts.Facts, route: routes.Route, thing: facts.Thing) -> list[dict[str, Any]]:
    """Return what the form may say of the version: the row's, or another of those there are."""
    row = known.row(thing.table, thing.id) or {}
    is_said = any(name.endswith("version") for name in BY_HAND.get(route.endpoint, {}))
    own = [row["version"]] if "version" in row else []
    return [{}] if is_said else [{"version": one} for one in dict.fromkeys((*own, *VERSIONS))]


def _prefixed(route: routes.Route, thing: facts.Thing, form: dict[str, Any]) -> dict[str, Any]:
    if route.endpoint != "invitations.change":
        return form
    return {f"{thing.id}-{name}": value for name, value in form.items()}


def _on_page(
    stage: Stage, known: facts.Facts, route: routes.Route, persona: Persona, thing: facts.Thing
) -> dict[str, Any]:
    """Return the form as it is printed for this very thing, empty when it is not."""
    here = path(stage, known, route, thing).partition("?")[0]
    body = _open(stage, persona, ON_PAGE[route.endpoint].format(id=thing.id))
    leads = [link for link in pages.read(body, here).links if link.startswith(f"{here}?")]
    body = _open(stage, persona, leads[0]) if leads else body
    found = [form for form in pages.read(body, here).forms if form.action.partition("?")[0] == here]
    apart = dict(re.findall(r'name="(\w+)" value="([^"]*)" form=', body))
    return {**found[0].fields, **apart} if found else {}


def _open(stage: Stage, persona: Persona, path: str) -> str:
    return stage.ask(persona.fresh, "GET", path).get_data(as_text=True)


def path(stage: Stage, known: facts.Facts, route: routes.Route, thing: facts.Thing) -> str:
    """Return the address, in which whatever else it names belongs to the thing, if there is any."""
    near = {
        "action_id": known.any("action", meeting_id=thing.id, published_at=None),
        "goal": known.any("goal", plan_id=thing.id),
        "role_id": known.any("unit_role", user_id=thing.id),
    }
    parts = {name: row["id"] for name, row in near.items() if row is not None}
    return route.path(thing.id or NOBODYS, {**stage.first_parts, **parts})


def ask(
    stage: Stage, known: facts.Facts, route: routes.Route, seat: Seat, act: Act
) -> TestResponse:
    """Return the answer to the act; a file in its form is opened anew: it can be read once."""
    _persona, thing, form = act
    sent = {
        name: (io.BytesIO(value), "billede.png") if isinstance(value, bytes) else value
        for name, value in form.items()
    }
    data = sent if route.method == "POST" else None
    return stage.ask(seat, route.method, path(stage, known, route, thing), data)
