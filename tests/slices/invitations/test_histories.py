"""What happens to a meeting by chance: what its calendar files say never goes back (RFC 5545).

Every file is read by two parsers that know nothing of each other.
"""

from dataclasses import dataclass, field, replace
from datetime import time, timedelta

import pytest
import vobject
from icalendar import Calendar
from sqlalchemy import select

from netmeet.cases.rules import Scope
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.invitations import service
from netmeet.invitations.service.sending import Part
from netmeet.meetings import service as meetings
from netmeet.meetings.rules import MeetingForm
from netmeet.meetings.service.meetings import Details
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from tests import soak
from tests.world import now

HISTORIES = 1_000 if soak.IS_FULL else 25
STEPS = 8
_LIMIT = 2**31


@dataclass
class Calendars:
    """What each recipient's calendar has been sent, in order."""

    last: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    uids: dict[str, str] = field(default_factory=dict)
    files: int = 0

    def take(self, letter):
        """Read a mail's file with both parsers, and hold it against the one before."""
        self.files += 1
        (one,) = Calendar.from_ical(letter.calendar).walk("VEVENT")
        other = vobject.readOne(letter.calendar.decode()).vevent
        start, end = one.decoded("DTSTART"), one.decoded("DTEND")
        assert (other.dtstart.value, other.dtend.value) == (start, end)
        assert other.uid.value == str(one["UID"])
        sequence = int(one["SEQUENCE"])
        assert int(other.sequence.value) == sequence < _LIMIT
        assert [str(one["ATTENDEE"])] == [f"mailto:{letter.to}"]
        assert [each.value for each in other.contents["attendee"]] == [f"mailto:{letter.to}"]
        says = (str(start), str(end), str(one["STATUS"]))
        assert self.uids.setdefault(letter.to, str(one["UID"])) == str(one["UID"])
        before = self.last.get(letter.to)
        if before is not None:
            was, said = before
            assert sequence >= was, (before, sequence, says)
            assert sequence > was or says == said, (before, sequence, says)
        self.last[letter.to] = sequence, says


class History:
    """One meeting, and what chance does to it."""

    def __init__(self, world, dice):
        self.dice, self.at = dice, now()
        self.by = world.actor(world.lise)
        case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
        self.meeting = world.meeting(case, invited=[])
        self.calendars, self.seen = Calendars(), set()
        for member in case.members:
            service.draft(self.meeting, member, by=self.by, at=self.at)

    def details(self):
        """Return what is decided now."""
        meeting = self.meeting
        return Details(
            kind=meeting.kind,
            purpose=meeting.purpose,
            starts_local=meeting.starts_local,
            minutes=meeting.minutes,
            form=meeting.form,
            place=meeting.place,
            chair_id=meeting.chair_id,
        )

    def edit(self, **changes):
        """Change what is decided."""
        meetings.edit(
            self.meeting,
            by=self.by,
            at=self.at,
            details=replace(self.details(), **changes),
            version=self.meeting.version,
        )

    def move(self):
        """Take another time."""
        start = self.meeting.starts_local or now().replace(tzinfo=None)
        self.edit(starts_local=start + timedelta(days=self.dice.randint(1, 9)))

    def lengthen(self):
        """Take another length."""
        self.edit(minutes=self.dice.choice((30, 45, 60)))

    def reword(self):
        """Change what no calendar shows."""
        self.edit(place=self.dice.choice(("Lokale 1", "Lokale 2")), form=MeetingForm.HYBRID)

    def part(self):
        """Ask somebody for a part of it only."""
        one = self.dice.choice(self.meeting.current_invitations)
        hours = self.dice.choice(((None, None), (time(13, 0), time(13, 20))))
        part = Part(why="Om medicin", begins=hours[0], ends=hours[1])
        service.change(one, part=part, by=self.by, at=self.at, version=one.version)

    def put_off(self):
        """Put it off, with a new time or none."""
        start = self.meeting.starts_local
        new = start + timedelta(days=7) if start and self.dice.random() < 0.7 else None
        meetings.postpone(
            self.meeting,
            by=self.by,
            at=self.at,
            reason="Ferie",
            asked_by="person",
            version=self.meeting.version,
            new_start=new,
        )

    def withdraw(self):
        """Take one invitation back."""
        service.withdraw(self.dice.choice(self.meeting.current_invitations), by=self.by, at=self.at)

    def invite(self):
        """Invite somebody, perhaps again."""
        member = self.dice.choice(self.meeting.case.members)
        service.draft(self.meeting, member, by=self.by, at=self.at)

    def cancel(self):
        """Call it off."""
        meetings.cancel(
            self.meeting,
            by=self.by,
            at=self.at,
            reason="Sygdom",
            asked_by="person",
            version=self.meeting.version,
        )

    def send(self):
        """Send what waits."""
        service.send(self.meeting, version=self.meeting.version, by=self.by, at=self.at)

    def go(self):
        """Do something, send or not, and let the mails of it arrive."""
        acts = (self.move, self.lengthen, self.reword, self.part, self.withdraw, self.invite)
        act = self.dice.choice((*acts, *acts, self.put_off, self.put_off, self.cancel))
        for step in (act, self.send) if self.dice.random() < 0.7 else (act,):
            self.at += timedelta(minutes=self.dice.randint(1, 500))
            try:
                step()
            except Refused:
                continue
        db.session.flush()
        for message in db.session.scalars(select(Message).order_by(Message.created_at, Message.id)):
            if message.id not in self.seen and message.kind.startswith("invitations."):
                self.seen.add(message.id)
                letter = outbox.render(message, at=self.at)
                if letter is not None and letter.calendar:
                    self.calendars.take(letter)


@pytest.mark.soak
@pytest.mark.parametrize("app", soak.on("sqlite"), indirect=True)
def test_no_calendar_is_ever_sent_back(world):
    dice, files, moved = soak.dice(), 0, 0
    for _number in range(HISTORIES):
        history = History(world, dice)
        history.send()
        for _step in range(STEPS):
            history.go()
        files += history.calendars.files
        moved += sum(sequence > 0 for sequence, _says in history.calendars.last.values())
        db.session.rollback()
        world.made.clear()
    print(f"calendar: {HISTORIES} histories, {files} files read by two parsers, 0 went back")
    assert files > 5 * HISTORIES
    assert moved > HISTORIES
