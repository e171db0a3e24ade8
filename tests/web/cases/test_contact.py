"""Who may be the one a side is reached through."""

from sqlalchemy import select

from netmeet.cases.models import TeamMember
from netmeet.core.db import db


def test_a_relative_is_nobodys_contact_whatever_is_posted(world, client):
    case = world.case(relative=world.hanne)
    member = case.member(world.hanne.id)
    world.sign_in(client, world.lise)
    given = {"reachable": "kl. 8-15", "is_contact": "1", "version": str(member.version)}
    assert client.send(f"/members/{member.id}/contact", given).status_code == 303
    kept = db.session.scalars(select(TeamMember).where(TeamMember.id == member.id)).one()
    assert (kept.reachable, kept.is_contact) == ("kl. 8-15", False)
