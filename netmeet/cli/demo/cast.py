"""Everybody in the stories: staff in real units, and those around each person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from netmeet.accounts import queries as users
from netmeet.accounts import rules as accounts_rules
from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.cases import queries as cases
from netmeet.cli.demo.times import StoryClock
from netmeet.core.access import Actor, Role
from netmeet.organisations import queries as organisations
from netmeet.organisations import service as organisations_service
from netmeet.organisations.models import Organisation, Unit
from netmeet.organisations.rules import OrganisationKind, Sector
from netmeet.organisations.service import Period
from netmeet.outbox.rules import Channel

STORIES = Path(__file__).resolve().parent.parent / "data" / "stories"
_A_DAY = timedelta(days=1)
_WORKS_HERE_FOR = timedelta(days=400)
_TEST_DAY = 60
_TRUTH = "tag:yaml.org,2002:bool"

Told = Mapping[str, Any]
"""One mapping of a story as its YAML file writes it."""


class StoryLoader(yaml.SafeLoader):
    """Reads yes, no and on as the words they are, as YAML 1.2 does."""


StoryLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != _TRUTH or first in "tTfF"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def stories() -> Iterator[Told]:
    """Yield the stories in the order of their files' names."""
    for file in sorted(STORIES.glob("[0-9]*.yaml")):
        yield _read(file)


def staff() -> Told:
    """Return the staff with the organisations and units that only the demo has."""
    return _read(STORIES / "staff.yaml")


def _read(file: Path) -> Told:
    told: Told = yaml.load(file.read_text(encoding="utf-8"), Loader=StoryLoader)  # noqa: S506 - safe
    return told


def email(key: str) -> str:
    """Return the address of somebody in the stories (RFC 2606: such a name leads nowhere)."""
    return f"{key}@netmeet.example"


def born(person: Told, today: date) -> date:
    """Return the birth date; who is to be young is born so many years before this one."""
    if "born" in person:
        written: date = person["born"]
        return written
    month, day = (int(part) for part in person["birthday"].split("-"))
    had_birthday = (today.month, today.day) >= (month, day)
    return date(today.year - person["years"] - (not had_birthday), month, day)


def cpr(person: Told, today: date) -> str:
    """Return a constructed test number: the day of the birth date counted sixty up (domain L12).

    No living person has such a number.
    """
    birth = born(person, today)
    return f"{birth.day + _TEST_DAY:02d}{birth:%m%y}{person['serial']}"


@dataclass
class Cast:
    """The people of the stories by their keys, and the clock they live by."""

    clock: StoryClock
    known: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def user(self, key: str) -> User:
        """Return somebody by key. Raises ``KeyError`` for nobody."""
        return self.known[key]

    def key(self, user_id: str) -> str:
        """Return the key of a user of the stories."""
        return next(key for key, user in self.known.items() if user.id == user_id)

    def actor(self, key: str, at: datetime) -> Actor:
        """Return somebody acting at the instant, having just proved who they are.

        Staff act in their unit, everybody else in the role they were given first.
        """
        if key not in self.actors:
            role = users.current_roles(self.user(key).id, self.clock.now)[0]
            self.actors[key] = _acting(self.user(key), role, at=at)
        return replace(self.actors[key], at=at, stepped_up_at=at)

    def hire(self, told: Told) -> None:
        """Create the demo's own organisations and units, and the staff."""
        period = Period(valid_from=self.clock.today - 2 * _WORKS_HERE_FOR)
        for row in told["organisations"]:
            organisations_service.save_organisation(
                code=row["code"],
                name=row["name"],
                kind=OrganisationKind(row["kind"]),
                sector=Sector(row["sector"]),
                period=period,
                phone=row.get("phone", ""),
            )
        for row in told["units"]:
            organisations_service.save_unit(
                code=row["code"],
                name=row["name"],
                organisation_code=row["organisation"],
                period=period,
            )
        for key, row in told["staff"].items():
            self._employ(key, row)

    def _employ(self, key: str, row: Told) -> None:
        """Create a member of staff; everybody has the one password, worked out only once."""
        at = self.clock.now - _WORKS_HERE_FOR
        user = accounts.create_user(
            name=row["name"], at=at, email=email(key), phone=row.get("phone", "")
        )
        if self.known:
            user.password_hash = next(iter(self.known.values())).password_hash
        else:
            accounts.set_password(user, accounts_rules.DEMO_PASSWORD)
        works_in = unit(row["unit"])
        role = accounts.give_role(
            user, Role(row["role"]), at=at, unit_id=works_in.id, title=row["title"]
        )
        role.unit = works_in
        if more := row.get("also"):
            accounts.give_role(
                user, Role(more["role"]), at=at + _A_DAY, unit_id=works_in.id, title=more["title"]
            )
        self.known[key], self.actors[key] = user, _acting(user, role, at=at)

    def introduce(self, key: str, row: Told, *, at: datetime) -> User:
        """Return somebody private or from outside, created when first met."""
        if key not in self.known:
            has_email = row.get("email", True)
            self.known[key] = accounts.create_user(
                name=row["name"],
                at=at,
                email=email(key) if has_email else "",
                phone=row.get("phone", ""),
                channel=Channel.MAIL if has_email else Channel.LETTER,
            )
        return self.known[key]


def _acting(user: User, role: UnitRole, *, at: datetime) -> Actor:
    unit_ = role.unit
    return Actor(
        user_id=user.id,
        name=user.name,
        role=role.role,
        at=at,
        role_title=role.title,
        unit_id=role.unit_id,
        unit_name=unit_.name if unit_ is not None else "",
        organisation_id=unit_.organisation_id if unit_ is not None else None,
    )


def unit(code: str) -> Unit:
    """Return the unit. Raises ``LookupError`` when the reference data lack it."""
    found = organisations.unit_by_code(code)
    if found is None:
        message = f"no unit {code}"
        raise LookupError(message)
    return found


def organisation(code: str) -> Organisation:
    """Return the organisation. Raises ``LookupError`` when the reference data lack it."""
    found = organisations.organisation_by_code(code)
    if found is None:
        message = f"no organisation {code}"
        raise LookupError(message)
    return found


def everybody() -> Iterator[tuple[User, str, Role]]:
    """Yield whoever of the stories is in the database, who they are in a sentence, and role."""
    for story in stories():
        yield from _person(story["person"])
        for key, row in story.get("others", {}).items():
            yield from _one(key, row["who"])
    for key, row in staff()["staff"].items():
        for user, who, _role in _one(key, row["who"]):
            yield user, who, Role(row["role"])


def _person(row: Told) -> Iterator[tuple[User, str, Role]]:
    """Yield the person; who gets letters has no address and is known by a fixed birth date."""
    if row.get("email", True):
        yield from _one(row["key"], row["who"])
        return
    person = cases.person_by_cpr(cpr(row, row["born"]))
    if person is not None:
        yield person.user, row["who"], Role.PAT


def _one(key: str, who: str) -> Iterator[tuple[User, str, Role]]:
    user = users.by_email(email(key))
    if user is not None and user.roles:
        yield user, who, user.roles[0].role
