"""Putting another text wherever somebody's words or names are kept, past every form and rule."""

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from sqlalchemy import Column, Table, select, text, update

from netmeet.accounts.models import User
from netmeet.core import resealing, sealed
from netmeet.core.db import Base, db

Write = Callable[[str], str]
"""Makes the text to keep in a field, from its name: "action.what"."""

NO_WORDS = frozenset(
    {
        *("person.birth_date", "person.cpr", "second_factor.secret", "identity.subject"),
        *("message.address", "message.facts", "access_question.looks", "rendered_file.body"),
        *("parked_text.path", "audit_event.reason"),
    }
)
"""Sealed fields that hold days, numbers, ids and keys, which the program reads as such.

The log's reasons are covered by its chain: who changed them would be found out.
"""

PLAIN = frozenset(
    {
        *("organisation.name", "organisation.phone", "organisation.area", "unit.name"),
        *("unit.phone", "unit.initiative", "unit_role.title", "team_member.title"),
        *("committee.name", "law.name", "law.explained", "law.explained_en"),
        *("meeting_template.name", "plan_template.name", "offer.title", "offer.description"),
        *("name_change.was", "name_change.name", "case.initiative", "session.device"),
        *("message_attempt.error",),
    }
)
"""Fields in the open that hold names and descriptions."""

CODES = frozenset(
    {
        *(
            "code",
            "kind",
            "key",
            "issuer",
            "standing",
            "how",
            "via",
            "role",
            "operation",
            "quarter",
        ),
        *("scope_list", "area_list", "given_by_list", "awaits_list", "text_version", "text_hash"),
        *("line_kind", "paragraph", "plan_types", "moved_by", "uid", "agenda_approved_how"),
        *("moved_why", "told_how", "fault"),
        *("crisis_plan", "object_kind", "purpose", "signed_in_by", "what", "lang"),
        *("password_hash", "committee.area", "status_change.was", "status_change.became"),
        "sent_form.answer",
    }
)
"""Fields in the open that hold words of the program's own, by their column or in full."""

_SAID = frozenset(
    {
        *("name", "first", "initials", "language", "interpreter", "what", "why", "owner", "where"),
        *("wish", "raised_by", "criterion", "informs", "words", "agreed", "by", "text", "title"),
        *("relation", "reach", "phone", "stand_in", "place", "no_next", "says", "answer"),
        *("hard", "helps", "purpose", "preparation", "ground_rules", "agreements", "label"),
        *("to", "subject", "note"),
    }
)
"""What in kept JSON is somebody's words; everything beside it is days, ids and codes."""


def every_text(write: Write) -> frozenset[str]:
    """Let every field of every row hold what ``write`` makes for it; return their names.

    Empty ones are filled too. For a database that is thrown away: nothing that keeps rows as they
    were written is in the way any more. Commits.
    """
    _let_rows_change()
    names = set()
    for place in resealing.places():
        if place.name not in NO_WORDS:
            names |= _seal(place, write)
    for table, column in _in_the_open():
        name = f"{table.name}.{column.name}"
        db.session.execute(update(table).values({column: write(name)}))
        names.add(name)
    db.session.commit()
    return frozenset(names)


def _let_rows_change() -> None:
    held = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for name in db.session.scalars(text(held)).all():
        db.session.execute(text(f'DROP TRIGGER "{name}"'))


def _seal(place: resealing.Place, write: Write) -> set[str]:
    rows = db.session.execute(select(place.table.c.id, place.column)).all()
    names = set()
    for row_id, kept in rows:
        bound = place.of(row_id)
        said = sealed.unseal(bytes(kept), place=bound) if kept else ""
        written = _written(place.name, said, write)
        names |= {place.name} if written != said else set()
        changed = {place.column: sealed.seal(written, place=bound) if written else None}
        db.session.execute(update(place.table).where(place.table.c.id == row_id).values(changed))
    return names


def _written(name: str, said: str, write: Write) -> str:
    if name not in _JSON:
        return write(name)
    if not said:
        return ""
    is_said = name == "parked_text.fields"
    return json.dumps(_other(json.loads(said), write, at=name, is_said=is_said))


_JSON = frozenset(
    {
        *("meeting_template.content", "plan_template.content", "plan_version.content"),
        *("preparation_answer.data", "message_attempt.content", "parked_text.fields"),
    }
)


def _other(value: Any, write: Write, *, at: str, is_said: bool) -> Any:
    """Return the JSON value with another text wherever somebody's words stand."""
    if isinstance(value, dict):
        return {
            name: _other(one, write, at=at, is_said=is_said or name in _SAID)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_other(one, write, at=at, is_said=is_said) for one in value]
    return write(at) if is_said and isinstance(value, str) and value else value


def _in_the_open() -> Iterator[tuple[Table, Column[Any]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if f"{table.name}.{column.name}" in PLAIN:
                yield table, column


def codes(begins: Sequence[str], dice: Random) -> None:
    """Let every code of organisations, units and laws begin with one of ``begins``."""
    for name in ("organisation", "unit", "law"):
        table = Base.metadata.tables[name]
        for code in db.session.scalars(select(table.c.code)).all():
            held = update(table).where(table.c.code == code)
            db.session.execute(held.values(code=f"{dice.choice(begins)}{code}"))
    db.session.commit()


def let_be_known() -> None:
    """Let everybody be found by their new address: who is not known is made anew by an import."""
    users = [user for user in db.session.scalars(select(User)) if user.email]
    known = {user.id: sealed.keyring().index(user.email.lower(), kind="email") for user in users}
    db.session.execute(update(User).values(email_index=None))
    for user_id, index in known.items():
        db.session.execute(update(User).where(User.id == user_id).values(email_index=index))
    db.session.commit()
