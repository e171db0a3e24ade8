"""The demo: fictive people in complete stories, told through the services.

The stories stand in ``data/stories`` as YAML. Their times are relative to today, so that the demo
is never stale; every service is told its instant ``at`` by the story clock.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from netmeet.accounts import queries as users
from netmeet.cli import reference, templates
from netmeet.cli.demo import afterwards, before, cast, gathering, holding
from netmeet.cli.demo.cast import Cast, Told
from netmeet.cli.demo.times import StoryClock
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.trail import Entry
from netmeet.meetings.models import MeetingRequest


def load(today: date) -> None:
    """Tell the stories as of ``today`` to a database in which there is nobody yet. Commits.

    Where somebody is there already nothing happens.
    """
    now = clock.now()
    if users.demo_people(now):
        return
    reference.load(today)
    templates.load(today)
    people = Cast(StoryClock(today=today, now=now))
    people.hire(cast.staff())
    entries: list[Entry] = []
    for story in cast.stories():
        entries += _tell(story, people)
    afterwards.keep_log(entries)
    db.session.commit()


def people() -> list[tuple[str, str, str, Role]]:
    """Return id, name, who they are in a sentence, and role of everybody in the stories."""
    return [(user.id, user.name, who, role) for user, who, role in cast.everybody()]


def _tell(story: Told, people: Cast) -> list[Entry]:
    """Tell one story and return what its access log holds."""
    case = gathering.begin(story, people)
    case_id = case.id
    requests = [gathering.ask(case, row, people) for row in story.get("requests", ())]
    for row in story.get("told_staff", ()):
        gathering.tell_staff(case, row, people)
    if "plan" in story:
        afterwards.write_plan(case_id, story["plan"], people)
    last: str | None = None
    for row in story.get("meetings", ()):
        last = _meet(case_id, row, people, last=last, requests=requests)
    before.forget()
    gathering.end(case_id, story, people)
    before.forget()
    return afterwards.looks(case_id, story.get("looks", ()), people)


def _meet(
    case_id: str, row: Told, people: Cast, *, last: str | None, requests: list[MeetingRequest]
) -> str:
    before.forget()
    request = requests[row["request"]] if "request" in row else None
    meeting_id = before.plan(case_id, row["plan"], people, before=last, request=request)
    for name, tell_one in _BEFORE.items():
        for step in row.get(name, ()):
            before.forget()
            tell_one(meeting_id, step, people)
    for key, said in row.get("answers", {}).items():
        before.forget()
        before.answer(meeting_id, key, said, people)
    for name, tell in _AFTER.items():
        if name in row:
            before.forget()
            tell(meeting_id, row[name], people)
    return meeting_id


_BEFORE = {
    "prepare": before.prepare,
    "points": before.propose,
    "agenda": before.agree,
    "invite": before.invite,
    "postpone": before.postpone,
}

_AFTER: Mapping[str, Callable[[str, Any, Cast], None]] = {
    "hold": holding.hold,
    "publish": afterwards.publish,
    "reports": afterwards.report,
    "answer": afterwards.answer_plan,
    "finish": afterwards.finish,
}
