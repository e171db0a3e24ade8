"""T5: what is taken back is in force on the next request, whoever is reading meanwhile."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from netmeet.accounts.models import UnitRole, User
from netmeet.accounts.service import staff
from netmeet.cases import queries as cases
from netmeet.cases import service
from netmeet.cases.models import Case
from netmeet.cases.rules import MandateScope, MemberRole, RepresentationKind, Scope
from netmeet.cases.service import mandates
from netmeet.cases.service.network import Newcomer
from netmeet.core import ids
from netmeet.core.access import Role
from netmeet.core.db import db, may_write
from netmeet.meetings.models import Meeting
from netmeet.organisations.rules import Sector
from tests.soak import figure
from tests.world import World, now

READERS = 4
READS_EACH = 5
OPENED = 200


@dataclass(frozen=True)
class Right:
    """Somebody who may read the agenda of a meeting, and how that is taken from them."""

    reader: User
    meeting: Meeting
    revoke: Callable[[], None]


def _relative(world: World, case: Case, n: int) -> Right:
    hanne = world.user(f"Hanne {n}")
    world.add_relative(case, hanne, scopes=[Scope.INVITE, Scope.AGENDA])
    meeting = world.meeting(case)
    by, case_id = world.actor(case.person.user), case.id

    def revoke() -> None:
        found = cases.by_id(case_id)
        (given,) = [c for c in found.consents if c.recipient_id == hanne_id]
        service.withdraw_consent(found, given, by=by, at=now())

    hanne_id = hanne.id
    return Right(hanne, meeting, revoke)


def _member(world: World, case: Case, _n: int) -> Right:
    meeting = world.meeting(case)
    case_id, jonas_id = case.id, world.jonas.id

    def revoke() -> None:
        found = cases.by_id(case_id)
        service.leave(found, found.member(jonas_id), at=now())

    return Right(world.jonas, meeting, revoke)


def _mandate(world: World, case: Case, n: int) -> Right:
    mandate = mandates.record(
        case,
        Newcomer(name=f"Ole {n}", email=f"{ids.new_id()}@example.org"),
        mandates.Mandate(
            kind=RepresentationKind.GUARDIAN,
            scopes={MandateScope.PERSONAL},
            document="Beskikkelse 12",
        ),
        by=world.actor(world.lise),
        at=now(),
    )
    meeting = world.meeting(case)
    mandate_id, by = mandate.id, world.actor(world.lise)

    def revoke() -> None:
        mandates.end(cases.mandate_by_id(mandate_id), by=by, at=now())

    return Right(mandate.user, meeting, revoke)


def _role(world: World, case: Case, n: int) -> Right:
    user = world.staff(f"Bo {n}", world.office, role=Role.MUN)
    world._join_staff(case, user, at=now())  # noqa: SLF001 - one more of the office
    meeting = world.meeting(case)
    role_id, by = world.role_of(user).id, world.actor(world.lise)

    def revoke() -> None:
        staff.end(db.session.get_one(UnitRole, role_id), by=by, at=now())

    return Right(user, meeting, revoke)


def _account(world: World, case: Case, n: int) -> Right:
    right = _role(world, case, n)
    user_id = right.reader.id

    def revoke() -> None:
        db.session.get_one(User, user_id).active = False

    return Right(right.reader, right.meeting, revoke)


def _window(world: World, case: Case, n: int) -> Right:
    guest = world.user(f"Gry {n}")
    home = world.organisation("Bostedet Åsen", Sector.OTHER)
    place = service.Place(role=MemberRole.RESIDENCE, organisation_id=home.id)
    service.join(case, guest, place=place, at=now())
    service.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now(),
        scopes=[Scope.INVITE, Scope.AGENDA],
        how="digital",
        recipient_id=guest.id,
    )
    meeting = world.meeting(case)
    meeting_id = meeting.id

    def revoke() -> None:
        held = db.session.get_one(Meeting, meeting_id)
        held.starts_local -= timedelta(days=30)

    return Right(guest, meeting, revoke)


RIGHTS = {
    "consent": _relative,
    "membership": _member,
    "mandate": _mandate,
    "role": _role,
    "account": _account,
    "window": _window,
}


def _revoke(app: Flask, revoke: Callable[[], None], after: threading.Event) -> float:
    """Take the right back in the middle of the reads; return when that had been committed."""
    after.wait()
    with app.app_context():
        may_write()
        revoke()
        db.session.commit()
        return time.monotonic()


def _read(client: FlaskClient, path: str, begun: threading.Event) -> list[tuple[float, int]]:
    found = []
    for _again in range(READS_EACH):
        started = time.monotonic()
        found.append((started, client.get(path).status_code))
        begun.set()
    return found


def _race(app: Flask, world: World, right: Right) -> list[int]:
    """Return the status of every read that began after the right had gone; the last one too."""
    path, reader, revoke = f"/meetings/{right.meeting.id}/agenda", right.reader, right.revoke
    clients = [FlaskClient(app, app.response_class) for _ in range(READERS)]
    for client in clients:
        world.sign_in(client, reader)
    db.session.remove()
    assert clients[0].get(path).status_code == OPENED
    begun = threading.Event()
    with ThreadPoolExecutor(READERS + 1) as pool:
        gone = pool.submit(_revoke, app, revoke, begun)
        reads = [pool.submit(_read, client, path, begun) for client in clients]
        gone_at = gone.result()
        seen = [one for each in reads for one in each.result()]
    last = clients[0].get(path).status_code
    return [status for started, status in seen if started > gone_at] + [last]


@pytest.mark.soak
@pytest.mark.parametrize("kind", RIGHTS)
def test_nothing_is_read_after_a_right_was_taken_back(app, world, kind):
    after: list[int] = []
    rounds = figure(50)
    for n in range(rounds):
        case = world.case(f"Mia {n}")
        right = RIGHTS[kind](world, case, n)
        after += _race(app, world, right)
        world.made.clear()
    print(
        f"T5 {kind}: {rounds} revoked, {rounds * READERS * READS_EACH} reads beside, "
        f"{len(after)} begun afterwards, {after.count(OPENED)} of them let in"
    )
    assert OPENED not in after
    assert len(after) >= rounds
