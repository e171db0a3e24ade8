"""Telling what comes before a meeting: plan it, prepare, build the agenda, invite, answer."""

from dataclasses import replace
from datetime import datetime, time

from netmeet.actions.service import carrying
from netmeet.cases import queries as cases
from netmeet.cli.demo.cast import Cast, Told
from netmeet.core.db import db
from netmeet.invitations import queries as inviting
from netmeet.invitations import service as invitations
from netmeet.invitations.rules import AnswerValue, MandateValue, Via
from netmeet.invitations.service import Part
from netmeet.meetings import queries, service
from netmeet.meetings.models import AgendaItem, Meeting, MeetingRequest
from netmeet.meetings.rules import AgreedHow, LifeArea, MeetingForm, Purpose, Question
from netmeet.meetings.service import Details
from netmeet.meetings.service.agenda import Point
from netmeet.meetings.service.preparation import Said


def plan(
    case_id: str, row: Told, people: Cast, *, before: str | None, request: MeetingRequest | None
) -> str:
    """Make the meeting, or the draft that follows the one before, and return its id."""
    at = people.clock.instant(row["on"])
    by = people.actor(row["by"], at)
    case = cases.by_id(case_id)
    last = queries.by_id(before) if before is not None else None
    if case is None:
        raise LookupError(case_id)
    details = _details(row, people)
    if request is not None:
        meeting = service.requests.accept(request, by=by, at=at)
    elif last is not None:
        meeting = service.draft_follow_up(last, by=by, at=at, starts_local=details.starts_local)
        carrying.carry_over(last, to=meeting, by=by, at=at)
    else:
        return service.create(case, by=by, at=at, details=details).id
    version = meeting.version
    details = replace(details, ground_rules=meeting.ground_rules)
    service.edit(meeting, by=by, at=at, details=details, version=version, request=request)
    return meeting.id


def _details(row: Told, people: Cast) -> Details:
    minutes = row.get("minute_taker")
    return Details(
        kind=row["kind"],
        purpose=row["purpose"],
        starts_local=people.clock.local(row["start"]) if "start" in row else None,
        minutes=row.get("minutes", 45),
        form=MeetingForm(row.get("form", MeetingForm.IN_PERSON)),
        place=row.get("place", ""),
        greeter=row.get("greeter", ""),
        video_link=row.get("video_link", ""),
        show_place=row.get("show_place", False),
        chair_id=people.user(row.get("chair", row["by"])).id,
        minute_taker_id=people.user(minutes).id if minutes else None,
    )


def prepare(meeting_id: str, row: Told, people: Cast) -> None:
    """Let the person, or somebody with them, answer one question."""
    meeting = _read(queries.with_answers(meeting_id))
    at = people.clock.instant(row["on"])
    question = Question(row["question"])
    data = {name: row[name] for name in ("words", "choice", "hard", "helps") if name in row}
    if "who" in row:
        data["who"] = {people.user(key).id: part for key, part in row["who"].items()}
    service.preparation.answer(
        meeting,
        question,
        by=people.actor(row["by"], at),
        at=at,
        said=Said(text=row.get("text", ""), data=data),
        version=0,
    )


def propose(meeting_id: str, row: Told, people: Cast) -> None:
    """Add a point to the agenda."""
    meeting = _read(queries.with_agenda(meeting_id))
    at = people.clock.instant(row["on"])
    point = Point(
        title=row["title"],
        purpose=Purpose(row.get("purpose", Purpose.DISCUSS)),
        minutes=row.get("minutes", 10),
        life_area=LifeArea(row["area"]) if "area" in row else None,
        decider_id=people.user(row["decider"]).id if "decider" in row else None,
        is_hidden_from_private=row.get("hidden", False),
    )
    item = service.agenda.propose(meeting, by=people.actor(row["by"], at), at=at, point=point)
    if "not_taken_up" in row:
        chair = people.actor(people.key(meeting.chair_id), at)
        service.agenda.not_taken_up(item, by=chair, reason=row["not_taken_up"])


def agree(meeting_id: str, row: Told, people: Cast) -> None:
    """Show the agenda to the person, and keep their yes when the story has one."""
    meeting = _read(queries.with_agenda(meeting_id))
    at = people.clock.instant(row["on"])
    service.agenda.share(meeting, by=people.actor(people.key(meeting.chair_id), at), at=at)
    if "yes" not in row:
        return
    at = people.clock.instant(row["yes"])
    by = people.actor(row["by"], at)
    how = AgreedHow(row.get("how", AgreedHow.DIGITAL))
    service.agenda.approve(meeting, by=by, at=at, how=how, seen=queries.agenda_mark(meeting))


def invite(meeting_id: str, row: Told, people: Cast) -> None:
    """Draft the invitations, the chair's too, and send them in one act unless the story waits."""
    meeting = _read(inviting.meeting(meeting_id))
    at = people.clock.instant(row["on"])
    by = people.actor(row["by"], at)
    invited = {people.key(meeting.chair_id): "Du leder mødet.", **row["people"]}
    for key, why in invited.items():
        member = meeting.case.member(people.user(key).id)
        if member is None:
            raise LookupError(key)
        invitations.draft(meeting, member, by=by, at=at, part=_part(why))
    if row.get("sent", True):
        invitations.send(meeting, version=meeting.version, by=by, at=at)


def _part(why: str | Told) -> Part:
    if isinstance(why, str):
        return Part(why=why)
    begins, ends = (_time(text) for text in why["part"].split("-"))
    return Part(why=why["why"], begins=begins, ends=ends)


def _time(text: str) -> time:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone


def answer(meeting_id: str, key: str, row: Told, people: Cast) -> None:
    """Let somebody invited answer, say whether they can decide, and write beforehand."""
    meeting = _read(inviting.meeting(meeting_id))
    at = people.clock.instant(row["on"])
    user = people.user(key)
    invitation = meeting.invitation(user.id)
    if invitation is None:
        raise LookupError(key)
    via = Via(row.get("via", Via.LINK))
    by = people.user(row["by"]).id if "by" in row else user.id
    invitations.answer(invitation, AnswerValue(row["says"]), via=via, by=by, at=at)
    for title, mandate in row.get("decides", {}).items():
        invitations.declare_mandate(
            invitation,
            point(meeting, title),
            value=MandateValue(mandate["says"]),
            at=at,
            written=mandate.get("written", ""),
            who_can=mandate.get("who_can", ""),
        )
    if "writes" in row:
        invitations.write(invitation, text=row["writes"], version=0, at=at)


def postpone(meeting_id: str, row: Told, people: Cast) -> None:
    """Put the meeting off, and tell everybody invited."""
    meeting = _read(inviting.meeting(meeting_id))
    at = people.clock.instant(row["on"])
    by = people.actor(row["by"], at)
    service.postpone(
        meeting,
        by=by,
        at=at,
        reason=row["reason"],
        asked_by=row["asked_by"],
        version=meeting.version,
        new_start=people.clock.local(row["to"]) if "to" in row else None,
    )
    if meeting.current_invitations:
        invitations.send(meeting, version=meeting.version, by=by, at=at)


def point(meeting: Meeting, title: str) -> AgendaItem:
    """Return the meeting's point whose title begins so. Raises ``LookupError`` for none."""
    found = next((item for item in meeting.items if item.title.startswith(title)), None)
    if found is None:
        raise LookupError(title)
    return found


def _read(meeting: Meeting | None) -> Meeting:
    """Return what was read anew from what the story has written so far."""
    if meeting is None:
        raise LookupError("no such meeting")
    return meeting


def forget() -> None:
    """Write what has been told and let the next part of the story read it from the database."""
    db.session.flush()
    db.session.expire_all()
