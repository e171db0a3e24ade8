"""What every test of the room does first."""

from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.service import room
from tests.reader import StrictClient
from tests.world import now


def points(meeting):
    return reading.points(reading.room(meeting.id))


def begin(world, meeting, *users):
    meeting = reading.room(meeting.id)
    for user in users or (meeting.case.person.user, world.lise, world.jonas):
        room.attend(meeting, user.id, mode="in_person", version=0)
    room.start(meeting, at=now())


def page(client: StrictClient, meeting_id: str, **kwargs):
    return client.get(f"/meetings/{meeting_id}/room", **kwargs)
