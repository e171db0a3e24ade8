"""Ending a person's course of meetings, and with it what is still owed."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.actions import queries
from netmeet.actions.models import Action
from netmeet.actions.rules import Status
from netmeet.actions.service.progress import put_at
from netmeet.actions.service.telling import note, tell
from netmeet.cases.models import Case
from netmeet.cases.rules import CloseKind
from netmeet.cases.service import ending
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings.queries.unfinished import unfinished


@dataclass(frozen=True, kw_only=True)
class Closing:
    """Why a case is closed, from which day, and whether what is owed lapses or goes on."""

    kind: CloseKind
    reason: str
    on: date
    lapses: bool


def close_case(case: Case, closing: Closing, *, by: Actor, at: datetime, version: int) -> None:
    """Close the case. Open agreements lapse with the same reason, or go on until they are done.

    Raises ``Refused`` while a meeting is ahead or not sent out, or somebody waits for an answer;
    and as :func:`netmeet.cases.service.ending.close` does.
    """
    waiting = unfinished(case.id)
    if waiting.meetings:
        raise Refused(_("Der er et møde, som ikke er slut. Send det ud, eller aflys det først."))
    if waiting.requests:
        raise Refused(_("Nogen har bedt om et møde og venter på svar. Svar først."))
    owed = queries.open_of_case(case.id) if closing.lapses else ()
    ending.close(
        case,
        kind=closing.kind,
        reason=closing.reason,
        on=closing.on,
        by=by,
        at=at,
        version=version,
    )
    for action in owed:
        _lapse(action, closing, by=by, at=at)
    db.session.flush()


def _lapse(action: Action, closing: Closing, *, by: Actor, at: datetime) -> None:
    """Let the agreement lapse, and tell its owner, but nobody about their own death.

    What waited for it lapses as well: nothing goes on after it.
    """
    note(
        action,
        "status",
        by_id=by.user_id,
        at=at,
        was=action.status,
        became=Status.DROPPED,
        reason=closing.reason,
    )
    put_at(action, Status.DROPPED, at=at)
    action.comment = closing.reason
    if closing.kind is not CloseKind.DEATH or action.owner_id != action.case.person.user_id:
        tell(action, [action.owner], about="cancelled", at=at, but=by.user_id)
