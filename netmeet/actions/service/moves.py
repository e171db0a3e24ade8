"""Moving an agreement: another day, another owner, or not at all."""

from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.actions.models import Action
from netmeet.actions.policy import may_act
from netmeet.actions.queries import Candidate
from netmeet.actions.rules import ActionKind, Status
from netmeet.actions.service.progress import go_on_after, put_at, settle_word
from netmeet.actions.service.telling import leads, note, tell
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused


def postpone(
    action: Action, *, to: date, by: Actor, at: datetime, reason: str, version: int
) -> None:
    """Move the date, saying why. A later one counts as put off, except what the person does.

    Raises ``Refused`` without a reason, for a day gone by, or once it has ended; ``Conflict`` when
    it was changed meanwhile.
    """
    label = _("Fristen")
    theirs = calendar.day_with_year(action.due_on) if action.due_on is not None else ""
    action.expect(version, mine={label: calendar.day_with_year(to)}, theirs={label: theirs})
    _check_open(action)
    if not reason.strip():
        raise Refused(_("Skriv kort hvorfor."), field="reason")
    if to < calendar.to_local(at).date():
        raise Refused(_("Vælg en dag, der ikke er gået."), field="due_on")
    was = action.due_on
    if was is not None and to > was and not action.is_persons:
        action.postponed += 1
    note(
        action,
        "due",
        by_id=by.user_id,
        at=at,
        was=was.isoformat() if was is not None else "",
        became=to.isoformat(),
        reason=reason,
    )
    action.due_on = to
    settle_word(action)
    db.session.flush()


def reassign(
    action: Action,
    *,
    to: Candidate | None,
    by: Actor,
    at: datetime,
    version: int,
    reason: str = "",
) -> None:
    """Give the agreement to somebody else, who is told, as are the old owner and the coordinator.

    Another organisation than the giver's and the old owner's is not bound until it says yes.
    Raises ``Refused`` for nobody, for somebody the person has given no consent for, or once it has
    ended; ``Conflict`` when it was changed meanwhile.
    """
    label = _("Ansvarlig")
    mine = to.user.name if to is not None else ""
    theirs = action.owner.name if action.owner is not None else ""
    action.expect(version, mine={label: mine}, theirs={label: theirs})
    _check_open(action)
    if to is None:
        raise Refused(_("Vælg, hvem der skal gøre det."), field="to")
    if not may_act(action.case, to.user.id, to.organisation_id, at):
        raise Refused(_("Den, du har valgt, må ikke se aftalen. Spørg koordinatoren."), field="to")
    before = action.owner
    ours = {by.organisation_id, action.unit.organisation_id if action.unit is not None else None}
    note(
        action,
        "owner",
        by_id=by.user_id,
        at=at,
        was=action.owner_id or "",
        became=to.user.id,
        reason=reason,
    )
    action.owner, action.owner_id, action.unit_id = to.user, to.user.id, to.unit_id
    action.owner_confirmed_at = None
    if to.organisation_id not in ours:
        action.needs_yes, action.partys_word, action.partys_word_at = True, None, None
    if action.is_persons:
        action.is_persons, action.kind = False, ActionKind.TASK
    settle_word(action)
    db.session.flush()
    tell(action, [to.user, before, *leads(action)], about="owner", at=at, but=by.user_id)


def cancel(action: Action, *, by: Actor, at: datetime, reason: str, version: int) -> None:
    """Let the agreement lapse. The person needs no reason for what they do themselves.

    Raises ``Refused`` without a reason or once it has ended, ``Conflict`` when it was changed
    meanwhile. The owner and who coordinates are told.
    """
    label = _("Hvorfor")
    action.expect(version, mine={label: reason}, theirs={label: action.comment})
    _check_open(action)
    if by.role is not Role.PAT and not reason.strip():
        raise Refused(_("Skriv kort hvorfor."), field="reason")
    note(
        action,
        "status",
        by_id=by.user_id,
        at=at,
        was=action.status,
        became=Status.DROPPED,
        reason=reason,
    )
    put_at(action, Status.DROPPED, at=at)
    action.comment = reason
    db.session.flush()
    go_on_after(action, by_id=by.user_id, at=at)
    tell(action, [action.owner, *leads(action)], about="cancelled", at=at, but=by.user_id)


def _check_open(action: Action) -> None:
    if not action.is_live:
        raise Refused(_("Aftalen er sluttet."))
