"""One request, one commit; what must outlive a refusal is written after the roll-back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flask import Flask, Response, g, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as Answer

from netmeet.core.db import db, may_write, only_read
from netmeet.core.permissions import LOOKS
from netmeet.core.trail import Entry
from netmeet.web import guard, once
from netmeet.web.hooks import hooks

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_REDIRECTS = range(300, 304)
_REFUSALS = 400
_REFUSED = 403
_NOT_FOUND = 404
_AWAKE_FOR = timedelta(minutes=1)


class Netmeet(Flask):
    """Flask, which does once more what somebody else has overtaken.

    Two who save at the same instant have both read the text that stood there. PostgreSQL lets the
    first through and tells the second at the end; done anew, the second finds the text of the first
    and is answered as if it had come later: 409 with both.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Return what the view answers. Raises whatever it raises the second time."""
        try:
            return self._done()
        except (StaleDataError, IntegrityError):
            if request.method in _READS:
                raise
            db.session.rollback()
        guard.load_actor()
        return once.lead_again() or self._done()

    def _done(self) -> ResponseReturnValue:
        answer = super().dispatch_request()
        if request.method not in _READS:
            db.session.flush()
        return answer


def begin() -> None:
    """Open the request's transaction: reading methods take no write lock."""
    if request.method in _READS:
        only_read()
    else:
        may_write()


def end(response: Response) -> Response:
    """Commit what a writing request did together with its log rows; else roll back.

    A read's rows, and denials, are written in a short transaction of their own before the answer
    leaves (``security.md`` § 3). When the log cannot be written the answer does not leave.
    What *Luk hurtigt* sends last ends the login, kept or refused.
    """
    _keep(response)
    if request.headers.get(guard.LEAVE_HEADER) == "1" and g.actor.session_id:
        may_write()
        hooks().end_login(g.actor.session_id, g.actor.at)
        db.session.commit()
        forget(response)
    return response


def forget(response: Answer) -> None:
    """Let the browser keep nothing of a login that has ended."""
    session.clear()
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def _keep(response: Response) -> None:
    trail = _told(g.get("trail", []), response.status_code)
    if request.method not in _READS and (response.status_code < _REFUSALS or g.get("keep", False)):
        hooks().record(trail, None)
        once.keep(response)
        _keep_awake()
        db.session.commit()
        return
    # An open screen asks every two seconds: that must not wait for those who write.
    is_covered = response.status_code < _REFUSALS and hooks().is_covered(trail)
    db.session.remove()
    if not trail:
        return
    may_write()
    # First, so that nothing can fail after the rows are written.
    if _keep_awake():
        db.session.commit()
    if is_covered:
        return
    with db.engine.begin() as connection:
        hooks().record(trail, connection)


def _told(trail: Sequence[Entry], status: int) -> Sequence[Entry]:
    """Return the rows that are true of the answer.

    Who met a view that turned them away was denied; who asked for what is not there was not. A
    change is one that was made: who only opened the page to make it, or is shown it again with what
    is wrong, has read. An error has shown nothing, and a page that leads on neither: where it leads
    to logs what is read there.
    """
    is_read, declared = request.method in _READS, g.get("declared")
    if status == _REFUSED or g.get("is_hidden", False):
        return [replace(told, allowed=False) for told in trail]
    shows_nothing = status in _REDIRECTS or status >= _REFUSALS
    if status == _NOT_FOUND or (is_read and shows_nothing):
        return [told for told in trail if not told.allowed]
    if is_read:
        return [_as_read(told) for told in trail]
    if status >= _REFUSALS and declared is not None:
        looks = [told for told in trail if told.operation in LOOKS and told is not declared]
        return [_as_read(declared), *looks]
    return trail


def _as_read(told: Entry) -> Entry:
    return replace(told, operation=told.read_as or told.operation)


def _keep_awake() -> bool:
    """Keep the login awake (a refresh does not); return whether there was anything to do."""
    who = g.actor
    is_refresh = request.headers.get(guard.REFRESH_HEADER) == "1"
    if who.seen_at is None or who.at - who.seen_at <= _AWAKE_FOR or is_refresh:
        return False
    hooks().keep_awake(who.session_id, who.at)
    return True
