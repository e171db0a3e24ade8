"""Sensible people and cases for tests; a test states only what matters to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.cases import service as cases
from netmeet.cases.models import Case, Person, TeamMember
from netmeet.cases.rules import ConsentHow, MemberRole, Scope
from netmeet.core import calendar, clock, ids
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.invitations import service as invitations
from netmeet.meetings.models import AgendaItem, Invitation, Meeting
from netmeet.meetings.rules import AgendaState, MeetingKind, MeetingState, Purpose
from netmeet.organisations.models import Organisation, Unit
from netmeet.organisations.rules import OrganisationKind, Sector

LONG_AGO = date(2020, 1, 1)
EVERYTHING = tuple(Scope)


def now() -> datetime:
    """Return this instant (tests run on the real clock; days are counted from it)."""
    return datetime.now(UTC)


def this_morning() -> datetime:
    """Return nine o'clock of today, for what depends on the hour: meetings of the day are at 13."""
    return calendar.to_instant(datetime.combine(clock.today(), time(9)))


@dataclass
class World:
    """Makes rows through the services and remembers the usual people by first name."""

    app: Flask
    made: dict[str, Any] = field(default_factory=dict)

    # organisations -----------------------------------------------------------------------------

    def organisation(
        self, name: str, sector: Sector, *, kind: OrganisationKind | None = None
    ) -> Organisation:
        """Return the organisation of that name, made once."""
        if name not in self.made:
            kinds = {
                Sector.REGION: OrganisationKind.CENTRE,
                Sector.MUNICIPALITY: OrganisationKind.MUNICIPALITY,
                Sector.PRACTICE: OrganisationKind.PRACTICE,
            }
            row = Organisation(
                code=f"test-{ids.new_id()}",
                name=name,
                sector=sector,
                kind=kind or kinds.get(sector, OrganisationKind.OTHER),
                valid_from=LONG_AGO,
            )
            db.session.add(row)
            db.session.flush()
            self.made[name] = row
        made: Organisation = self.made[name]
        return made

    def unit(self, name: str, organisation: Organisation) -> Unit:
        """Return the unit of that name, made once."""
        if name not in self.made:
            row = Unit(
                code=f"test-{ids.new_id()}",
                name=name,
                organisation_id=organisation.id,
                organisation=organisation,
                valid_from=LONG_AGO,
            )
            db.session.add(row)
            db.session.flush()
            self.made[name] = row
        made: Unit = self.made[name]
        return made

    @property
    def ward(self) -> Unit:
        """Return the regional unit: a ward of Psykiatrisk Center København."""
        centre = self.organisation("Psykiatrisk Center København", Sector.REGION)
        return self.unit("Afsnit O, København", centre)

    @property
    def office(self) -> Unit:
        """Return the municipal unit: an office of Frederiksberg Kommune."""
        town = self.organisation("Frederiksberg Kommune", Sector.MUNICIPALITY)
        return self.unit("Socialafdelingen, Frederiksberg", town)

    # people ------------------------------------------------------------------------------------

    def user(self, name: str, *, email: str | None = None) -> User:
        """Return the user of that name, made once, with an address at example.org."""
        if name not in self.made:
            handle = email or f"{ids.new_id()}@example.org"
            self.made[name] = accounts.create_user(name=name, email=handle, at=now())
        made: User = self.made[name]
        return made

    def staff(self, name: str, unit: Unit, *, role: Role, title: str = "") -> User:
        """Return a member of staff of the unit, made once."""
        key = f"role:{name}:{role}:{unit.id}"
        if key not in self.made:
            user = self.made[key] = self.user(name)
            accounts.give_role(user, role, at=now(), unit_id=unit.id, title=title)
        made: User = self.made[key]
        return made

    @property
    def lise(self) -> User:
        """Return the regional nurse who coordinates."""
        return self.staff("Lise Dam", self.ward, role=Role.REG, title="sygeplejerske")

    @property
    def jonas(self) -> User:
        """Return the municipal caseworker."""
        return self.staff("Jonas Holm", self.office, role=Role.MUN, title="sagsbehandler")

    @property
    def manager(self) -> User:
        """Return the manager of the municipal office."""
        return self.staff("Gerda Friis", self.office, role=Role.MGR, title="leder")

    @property
    def stranger(self) -> User:
        """Return a nurse of the same ward who is in no case."""
        return self.staff("Rune Krag", self.ward, role=Role.REG, title="sygeplejerske")

    @property
    def hanne(self) -> User:
        """Return the sister."""
        return self.user("Hanne Sørensen")

    def role_of(self, user: User) -> UnitRole:
        """Return the user's first role."""
        statement = select(UnitRole).where(UnitRole.user_id == user.id).order_by(UnitRole.from_at)
        return db.session.scalars(statement).first()  # type: ignore[return-value]  # there is one

    def actor(self, user: User, *, at: datetime | None = None, stepped_up: bool = True) -> Actor:
        """Return the user acting now in their first role."""
        role = self.role_of(user)
        unit = db.session.get(Unit, role.unit_id) if role.unit_id else None
        when = at or now()
        return Actor(
            user_id=user.id,
            name=user.name,
            role=role.role,
            at=when,
            session_id=ids.new_id(),
            role_title=role.title,
            unit_id=role.unit_id,
            unit_name=unit.name if unit else "",
            organisation_id=unit.organisation_id if unit else None,
            stepped_up_at=when if stepped_up else None,
        )

    # cases -------------------------------------------------------------------------------------

    def person(self, name: str = "Mia Sørensen", *, born: date = date(1991, 4, 12)) -> Person:
        """Return the person of that name, made once."""
        key = f"person:{name}"
        if key not in self.made:
            self.made[key] = cases.create_person(
                name=name, birth_date=born, email=f"{ids.new_id()}@example.org", at=now()
            )
        made: Person = self.made[key]
        return made

    def case(
        self,
        name: str = "Mia Sørensen",
        *,
        staff: Iterable[User] | None = None,
        consent: Iterable[Scope] = EVERYTHING,
        relative: User | None = None,
        relative_scopes: Iterable[Scope] = (),
        opened_at: datetime | None = None,
    ) -> Case:
        """Return an open case: Lise coordinates, Jonas is in, both organisations have consent.

        ``relative`` joins as the sister; what she may see are ``relative_scopes``.
        """
        at = opened_at or now() - timedelta(days=30)
        lise, person = self.lise, self.person(name)
        by = self.actor(lise, at=at)
        case = cases.open_case(person, by=by, at=at, unit_id=self.ward.id)
        self._join_staff(case, lise, at=at, is_coordinator=True)
        for user in [self.jonas] if staff is None else staff:
            self._join_staff(case, user, at=at)
        scopes = list(consent)
        if scopes:
            for unit in (self.ward, self.office):
                cases.grant_consent(
                    case,
                    by=by,
                    at=at,
                    scopes=scopes,
                    how=ConsentHow.ORAL,
                    organisation_id=unit.organisation_id,
                )
        if relative is not None:
            self.add_relative(case, relative, scopes=relative_scopes, at=at)
        db.session.flush()
        return case

    def _join_staff(
        self, case: Case, user: User, *, at: datetime, is_coordinator: bool = False
    ) -> TeamMember:
        role = self.role_of(user)
        unit = db.session.get(Unit, role.unit_id)
        places = {
            Role.REG: MemberRole.REGIONAL_STAFF,
            Role.MUN: MemberRole.MUNICIPAL_STAFF,
            Role.GP: MemberRole.GP,
        }
        place = cases.Place(
            role=places[role.role],
            organisation_id=unit.organisation_id if unit else None,
            unit_id=role.unit_id,
            title=role.title,
            is_coordinator=is_coordinator,
            is_contact=True,
        )
        return cases.join(case, user, place=place, at=at)

    def add_relative(
        self, case: Case, user: User, *, scopes: Iterable[Scope] = (), at: datetime | None = None
    ) -> TeamMember:
        """Let the user join as the sister, with consent for the scopes."""
        when = at or now()
        place = cases.Place(role=MemberRole.RELATIVE, relation="søster")
        member = cases.join(case, user, place=place, at=when)
        wanted = list(scopes)
        if wanted:
            cases.grant_consent(
                case,
                by=self.actor(case.person.user, at=when),
                at=when,
                scopes=wanted,
                how=ConsentHow.DIGITAL,
                recipient_id=user.id,
            )
        return member

    def meeting_without_time(self) -> Meeting:
        """Return a meeting that no time is found for; all four of the network are on its list."""
        case = self.case(relative=self.hanne, relative_scopes=[Scope.INVITE])
        made = self.meeting(case, invited=[])
        made.starts_local = None
        for member in case.members:
            invitations.draft(made, member, by=self.actor(self.lise), at=now())
        db.session.flush()
        return made

    def meeting(
        self,
        case: Case,
        *,
        in_days: int = 10,
        state: MeetingState = MeetingState.PLANNED,
        agenda: AgendaState = AgendaState.SHARED,
        invited: Iterable[User] | None = None,
    ) -> Meeting:
        """Return a meeting at 13.00 in so many days, chaired by Lise, everybody invited."""
        at = now() - timedelta(days=5)
        starts = datetime.combine(clock.today() + timedelta(days=in_days), datetime.min.time())
        meeting = Meeting(
            case_id=case.id,
            case=case,
            kind=MeetingKind.OUTPATIENT,
            purpose="Hvor skal Mia bo?",
            starts_local=starts.replace(hour=13),
            minutes=45,
            place="Psykiatrisk Center København, lokale 2",
            uid=f"{ids.new_id()}@netmeet.example",
            chair_id=self.lise.id,
            chair=self.lise,
            created_at=at,
            state=state,
            agenda_state=agenda,
            invitations=[],
            items=[],
            attendances=[],
            answers=[],
        )
        db.session.add(meeting)
        users = [m.user for m in case.members] if invited is None else list(invited)
        for number, user in enumerate(users, start=4827):
            meeting.invitations.append(
                Invitation(
                    meeting_id=meeting.id,
                    user_id=user.id,
                    user=user,
                    number=number,
                    why="Mia vil vide, om hun kan få en anden bolig.",
                    created_at=at,
                    sent_at=at if state is not MeetingState.PLANNED else None,
                    asked_at=at if state is not MeetingState.PLANNED else None,
                )
            )
        db.session.flush()
        return meeting

    def item(
        self, meeting: Meeting, title: str, *, by: User, raised_as: Role = Role.PAT
    ) -> AgendaItem:
        """Return a new point on the agenda, last."""
        item = AgendaItem(
            meeting_id=meeting.id,
            title=title,
            author_id=by.id,
            author=by,
            raised_as=raised_as,
            position=len(meeting.items),
            purpose=Purpose.DISCUSS,
            entries=[],
        )
        meeting.items.append(item)
        db.session.flush()
        return item

    # browser -----------------------------------------------------------------------------------

    def sign_in(
        self, client: FlaskClient, user: User, *, role: UnitRole | None = None, by: str = "code"
    ) -> None:
        """Let the client be the user, signed in just now (step-up included)."""
        secret = accounts.sign_in(user, role=role or self.role_of(user), by=by, at=now())
        db.session.commit()
        with client.session_transaction() as browser:
            browser["sid"] = secret

    def save(self) -> None:
        """Commit what was made, so that requests see it, and forget what was loaded."""
        db.session.commit()
