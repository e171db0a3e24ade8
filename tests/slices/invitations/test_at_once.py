"""The page saves by itself while the button is pressed: the same words, twice at once."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from netmeet.core.db import db, may_write
from netmeet.invitations import queries, service
from netmeet.invitations.models import WrittenInput
from netmeet.meetings.rules import MeetingState
from tests.world import now

TIMES = 20


def test_the_same_lines_sent_many_times_at_once_are_kept_once(app, world):
    case = world.case()
    meeting = world.meeting(case, state=MeetingState.INVITED)
    meeting_id, user_id = meeting.id, world.jonas.id
    world.save()

    def send(_number):
        with app.app_context():
            may_write()
            found = queries.meeting(meeting_id)
            invitation = found.invitation(user_id)
            service.write(invitation, text="Jeg kan vise to steder.", version=0, at=now())
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(TIMES)))
    (kept,) = db.session.scalars(select(WrittenInput)).all()
    assert (kept.text, kept.version) == ("Jeg kan vise to steder.", 1)
