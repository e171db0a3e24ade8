"""What is sent twice is done once: an idempotency key that the form itself brings."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from netmeet.accounts.models import SentForm
from netmeet.core.db import db


def claim(key: bytes, at: datetime) -> str | None:
    """Return where the form led when it was sent before, ``None`` when this is the first time.

    Whoever sends it at the same time waits until the first has been kept or refused.
    """
    try:
        with db.session.begin_nested():
            db.session.add(SentForm(key=key, answer="", at=at))
    except IntegrityError:
        return db.session.scalars(select(SentForm.answer).where(SentForm.key == key)).one()
    return None


def settle(key: bytes, answer: str) -> None:
    """Keep where it led; without an address it may be sent again, as if it had not been."""
    mine = SentForm.key == key
    kept = update(SentForm).where(mine).values(answer=answer)
    db.session.execute(kept if answer else delete(SentForm).where(mine))
