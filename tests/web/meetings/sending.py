"""Sending files as a browser does, and looking at what came of it."""

import re

from sqlalchemy import select, update

from netmeet.core.db import db
from netmeet.meetings.models import Attachment, Meeting
from netmeet.meetings.queries import files
from netmeet.meetings.rules import MeetingState
from tests.reader import StrictClient
from tests.world import now

TITLE = "Brevet fra kommunen"
OWN = "Jeg vil ikke tilbage til bostedet"


def send(client: StrictClient, meeting: Meeting, data: bytes, name: str = "x.jpg", **more: str):
    """Send a file as a browser does."""
    fields = {"title": TITLE, **more, "csrf_token": client.token()}
    told = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    told.append(f'name="file"; filename="{name}"\r\n\r\n'.encode() + data)
    begin = b"--limit\r\nContent-Disposition: form-data; "
    body = b"".join(begin + one + b"\r\n" for one in told) + b"--limit--\r\n"
    kind = "multipart/form-data; boundary=limit"
    return client.post(f"/meetings/{meeting.id}/files", data=body, content_type=kind)


def fresh(meeting_id: str) -> Meeting:
    """Return the meeting as a request loads it."""
    found = files.for_adding(meeting_id)
    assert found is not None
    return found


def only() -> Attachment:
    return db.session.scalars(select(Attachment)).one()


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def publish(meeting: Meeting) -> None:
    values = {"published_at": now(), "state": MeetingState.PUBLISHED}
    db.session.execute(update(Meeting).where(Meeting.id == meeting.id).values(values))
    db.session.commit()
