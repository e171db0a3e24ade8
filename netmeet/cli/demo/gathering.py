"""Telling how a case began: the person, the network, what the person says yes to, requests."""

from datetime import datetime

from netmeet.accounts.models import User
from netmeet.cases import queries, service
from netmeet.cases.models import Case, Person, Representation
from netmeet.cases.rules import CaseState, ConsentHow, MemberRole, RepresentationKind, Scope
from netmeet.cases.service import Place, network, words
from netmeet.cli.demo import cast
from netmeet.cli.demo.cast import Cast, Told
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.meetings import service as meetings
from netmeet.meetings.models import MeetingRequest
from netmeet.meetings.service.requests import Wish
from netmeet.outbox.rules import Channel

_PLACES = {
    Role.REG: MemberRole.REGIONAL_STAFF,
    Role.MUN: MemberRole.MUNICIPAL_STAFF,
    Role.GP: MemberRole.GP,
}


def begin(told: Told, people: Cast) -> Case:
    """Open the case, gather the network and record what the person agreed to."""
    row = told["case"]
    at = people.clock.instant(row["on"])
    person = _person(told["person"], people, at=at)
    case = service.open_case(
        person,
        by=people.actor(row["by"], at),
        at=at,
        unit_id=people.actor(row["by"], at).unit_id,
        municipality_id=cast.organisation(row["municipality"]).id,
        initiative=row.get("initiative", ""),
    )
    for member in told["team"]:
        _join(case, member, told, people, began=at)
    for consent in told.get("consents", ()):
        _consent(case, consent, people)
    for law in told.get("laws", ()):
        _law(case, law, people)
    return case


def _person(row: Told, people: Cast, *, at: datetime) -> Person:
    has_email = row.get("email", True)
    person = service.create_person(
        name=row["name"],
        at=at,
        birth_date=cast.born(row, people.clock.today),
        cpr=cast.cpr(row, people.clock.today),
        email=cast.email(row["key"]) if has_email else "",
        phone=row.get("phone", ""),
        language=row.get("language", ""),
        interpreter=row.get("interpreter", ""),
    )
    person.user.own_word = row.get("own_word", "")
    if not has_email:
        person.user.channel = Channel.LETTER
    people.known[row["key"]] = person.user
    return person


def _join(case: Case, row: Told, told: Told, people: Cast, *, began: datetime) -> None:
    at = people.clock.instant(row["on"]) if "on" in row else began
    key = row["who"]
    if key in people.known:
        place = _staff_place(row, people.actor(key, at))
        member = service.join(case, people.user(key), place=place, at=at)
        member.stand_in = row.get("stand_in", "")
        return
    described = told["others"][key]
    user = people.introduce(key, described, at=at)
    service.join(case, user, place=_other_place(row), at=at)
    if "represents" in row:
        _represent(case, user, row, at=at)


def _staff_place(row: Told, who: Actor) -> Place:
    return Place(
        role=_PLACES[who.role],
        organisation_id=who.organisation_id,
        unit_id=who.unit_id,
        title=who.role_title,
        reachable=row.get("reachable", ""),
        is_coordinator=row.get("coordinator", False),
        is_contact=row.get("contact", False),
    )


def _other_place(row: Told) -> Place:
    works_at = row.get("organisation")
    return Place(
        role=MemberRole(row["as"]),
        organisation_id=cast.organisation(works_at).id if works_at else None,
        title=row.get("title", ""),
        relation=row.get("relation", ""),
        place=row.get("place", ""),
        reachable=row.get("reachable", ""),
        is_staff_guest=row.get("guest", False),
    )


def _represent(case: Case, user: User, row: Told, *, at: datetime) -> None:
    mandate = Representation(
        case_id=case.id,
        user_id=user.id,
        user=user,
        kind=RepresentationKind(row["represents"]),
        document=row.get("document", ""),
        valid_from=at.date(),
    )
    case.representations.append(mandate)
    db.session.flush()


def _scopes(words: str) -> list[Scope]:
    return list(Scope) if words == "all" else [Scope(word) for word in words.split()]


def _consent(case: Case, row: Told, people: Cast) -> None:
    at = people.clock.instant(row["on"])
    to = row["to"]
    recipient = people.known.get(to)
    service.grant_consent(
        case,
        by=people.actor(row["by"], at),
        at=at,
        scopes=_scopes(row["scopes"]),
        how=ConsentHow(row.get("how", ConsentHow.ORAL)),
        recipient_id=recipient.id if recipient is not None else None,
        organisation_id=None if recipient is not None else cast.organisation(to).id,
        life_areas=row.get("areas", "").split(),
        purpose=row.get("purpose", ""),
        asked_alone=row.get("alone", True),
    )


def _law(case: Case, row: Told, people: Cast) -> None:
    at = people.clock.instant(row["on"])
    by = people.actor(row["by"], at)
    basis = service.record_legal_basis(
        case,
        by=by,
        at=at,
        organisation_id=cast.organisation(row["to"]).id,
        paragraph=row["paragraph"],
        scopes=_scopes(row["scopes"]),
        necessity=row["why"],
    )
    network.has_been_told(basis, by=by, at=at)


def ask(case: Case, row: Told, people: Cast) -> MeetingRequest:
    """Let somebody ask for a meeting."""
    at = people.clock.instant(row["on"])
    wish = Wish(
        about=row["about"],
        how_soon=row.get("how_soon", ""),
        who=row.get("who", ""),
        answer_by=row.get("answer_by", ""),
    )
    return meetings.requests.ask(case, by=people.actor(row["by"], at), at=at, wish=wish)


def tell_staff(case: Case, row: Told, people: Cast) -> None:
    """Let a relative tell the staff something, which the person may read."""
    at = people.clock.instant(row["on"])
    words.tell_staff(case, row["text"], by=people.actor(row["by"], at), at=at)


def end(case_id: str, told: Told, people: Cast) -> None:
    """Take back the consents that the story ends, and close the case when it does."""
    case = queries.by_id(case_id)
    if case is None:
        raise LookupError(case_id)
    for row in told.get("consents", ()):
        if "withdrawn" in row:
            _withdraw(case, row, people, by=told["person"]["key"])
    if "closed" in told:
        case.state = CaseState.CLOSED
        case.closed_at = people.clock.instant(told["closed"]["on"])
        case.close_reason = told["closed"]["reason"]
        db.session.flush()


def _withdraw(case: Case, row: Told, people: Cast, *, by: str) -> None:
    at = people.clock.instant(row["withdrawn"])
    user_id = people.user(row["to"]).id
    for consent in queries.consents_in_force(case, at):
        if consent.recipient_id == user_id:
            service.withdraw_consent(case, consent, by=people.actor(by, at), at=at)
