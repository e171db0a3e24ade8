"""Putting messages in the outbox, claiming and settling them."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select, update

from netmeet.core import ids
from netmeet.core.db import db
from netmeet.outbox import rules
from netmeet.outbox.models import Attempt, Message
from netmeet.outbox.rules import Channel, Letter, State

Renderer = Callable[[Message, datetime], Letter | None]
"""Makes the text of a message at the instant of sending; ``None`` when it no longer holds."""

_renderers: dict[str, Renderer] = {}


def install(renderers: Mapping[str, Renderer]) -> None:
    """Make ``renderers`` (by kind) those that this process writes messages with."""
    _renderers.clear()
    _renderers.update(renderers)


def kinds() -> Collection[str]:
    """Return every kind of message that this process can write."""
    return _renderers.keys()


def render(message: Message, *, at: datetime) -> Letter | None:
    """Return what to send now, or ``None``. Raises ``LookupError`` for a kind nobody writes."""
    return _renderers[message.kind](message, at)


def put(  # noqa: PLR0913 - a message is all of this
    *,
    key: str,
    kind: str,
    user_id: str,
    at: datetime,
    facts: Mapping[str, str],
    case_id: str | None = None,
    channel: Channel = Channel.MAIL,
    address: str = "",
    send_after: datetime | None = None,
    expires_at: datetime | None = None,
) -> Message | None:
    """Write a message with the fact it tells of; once per ``key`` (``None`` when already there).

    ``facts`` are ids for the renderer of ``kind``, never text about anybody. ``address`` overrides
    the user's own. Instants are UTC.
    """
    if db.session.scalar(select(Message.id).where(Message.key == key)) is not None:
        return None
    message = Message(
        key=key,
        kind=kind,
        user_id=user_id,
        case_id=case_id,
        channel=channel,
        address=address,
        facts=dict(facts),
        created_at=at,
        send_after=send_after or at,
        expires_at=expires_at,
    )
    db.session.add(message)
    db.session.flush()
    return message


def claim(*, at: datetime, most: int = 20) -> list[str]:
    """Take a lease on due messages and return their ids; safe with several workers.

    A compare-and-set per row: only the worker whose update hits the row has it.
    """
    due = (
        select(Message.id)
        .where(
            Message.send_after <= at,
            (Message.state == State.WAITING)
            | ((Message.state == State.CLAIMED) & (Message.lease_until < at)),
        )
        .order_by(Message.send_after)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = db.session.scalars(due).all()
    if not taken:
        return []
    db.session.execute(
        update(Message)
        .where(Message.id.in_(taken))
        .values(state=State.CLAIMED, lease_until=at + rules.LEASE)
        .execution_options(synchronize_session=False)
    )
    return list(taken)


def put_off(message: Message, *, until: datetime) -> None:
    """Let a claimed message wait; this is no try."""
    message.state, message.send_after, message.lease_until = State.WAITING, until, None


def settle(
    message: Message,
    state: State,
    *,
    at: datetime,
    error: str = "",
    content: Mapping[str, object] | None = None,
    for_good: bool = False,
) -> None:
    """Note how a try ended. A failed one waits five minutes, 48 times, then is given up.

    ``for_good`` gives up at once: another try would fail as well.
    """
    message.tries += 1
    if state is State.FAILED and message.tries < rules.MOST_ATTEMPTS and not for_good:
        message.state, message.send_after = State.WAITING, at + rules.RETRY_EVERY
    else:
        message.state = state
    if state is State.SENT:
        message.sent_at = at
    message.lease_until = None
    message.attempts.add(
        Attempt(
            id=ids.new_id(),
            message_id=message.id,
            at=at,
            state=state,
            error=error[:200],
            content=dict(content) if content is not None else None,
        )
    )


def forget(*, before: datetime) -> None:
    """Delete what was made before the instant and waits for nothing any more."""
    old = select(Message.id).where(
        Message.created_at < before, Message.state.not_in((State.WAITING, State.CLAIMED))
    )
    db.session.execute(delete(Attempt).where(Attempt.message_id.in_(old)))
    db.session.execute(delete(Message).where(Message.id.in_(old)))
