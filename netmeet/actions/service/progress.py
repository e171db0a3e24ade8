"""How far it is: what the owner reports, and what the person says happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _

from netmeet.actions import queries, rules
from netmeet.actions.models import Action
from netmeet.actions.policy import waits_for_yes
from netmeet.actions.rules import Commitment, PartysWord, PersonsWord, Status, WaitingFor
from netmeet.actions.service.telling import leads, note, tell
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused


def report(
    action: Action,
    *,
    status: Status,
    by: Actor,
    at: datetime,
    version: int,
    comment: str = "",
    waits_for: WaitingFor = WaitingFor.OTHERS,
) -> None:
    """Note how far the agreement is. The same status again only renews the comment.

    Raises ``Refused`` for a step that cannot be taken, without a reason where one is needed, and
    before a relative has said yes to it; ``Conflict`` when it was changed meanwhile.
    """
    how, words = _("Hvor langt er det?"), _("En kort besked")
    action.expect(
        version,
        mine={how: _state(status, waits_for), words: comment},
        theirs={how: _state(action.status), words: action.comment},
    )
    _check(action, status, comment)
    note(
        action,
        "status",
        by_id=by.user_id,
        at=at,
        was=action.status,
        became=_became(action, status, waits_for),
        reason=comment,
    )
    put_at(action, status, at=at)
    action.comment = comment
    db.session.flush()
    go_on_after(action, by_id=by.user_id, at=at)


def _became(action: Action, status: Status, waits_for: WaitingFor) -> str:
    """Return the state as the history says it; what waits for another agreement goes on so."""
    if status is not Status.WAITING:
        return status
    if waits_for is WaitingFor.OTHERS and is_held(action):
        return queries.HELD
    return f"{status}:{waits_for}"


def is_held(action: Action) -> bool:
    """Tell whether the agreement stands as waiting for another."""
    if action.status is not Status.WAITING or action.after_id is None:
        return False
    known = queries.asked([action]).get(action.id, queries.Asked())
    return known.waits_for is WaitingFor.AGREEMENT


def _state(status: Status, waits_for: WaitingFor = WaitingFor.OTHERS) -> str:
    """Return how far it is as its owner chose it, in words."""
    if status is Status.WAITING and waits_for is WaitingFor.DECISION:
        return str(_("Venter på en afgørelse"))
    words: dict[Status, str] = {
        Status.NOT_STARTED: _("Ikke startet"),
        Status.IN_PROGRESS: _("I gang"),
        Status.WAITING: _("Venter på andre"),
        Status.DONE: _("Sket"),
        Status.NOT_POSSIBLE: _("Ikke muligt"),
        Status.DROPPED: _("Bortfaldet efter aftale"),
    }
    return words[status]


def _check(action: Action, status: Status, comment: str) -> None:
    if waits_for_yes(action):
        raise Refused(_("Sig først ja til aftalen. Så er den din."))
    if status is not action.status and not rules.may_move(action.status, status):
        raise Refused(_("Aftalen er sluttet. Sæt den i gang igen først."), field="status")
    if status in rules.NEEDS_REASON and not comment.strip():
        raise Refused(_("Skriv kort hvorfor."), field="comment")


def put_at(action: Action, status: Status, *, at: datetime) -> None:
    """Let the agreement stand at ``status`` from ``at`` on; it is closed when nothing is owed."""
    action.status, action.status_at = status, at
    action.closed_at = None if status in rules.LIVE else at
    settle_word(action)


def go_on_after(ended: Action, *, by_id: str, at: datetime) -> None:
    """Let what waited for the agreement go on once it has ended, however it did.

    Who owes it sees best whether it can be done now, and is told, as is who coordinates.
    """
    if ended.closed_at is not None:
        _go_on(queries.waiting_for(ended), {ended.id: ended}, by_id=by_id, at=at)


def go_on_where_left(*, at: datetime) -> None:
    """Let go on what still waits for something that has ended, by whatever way it did."""
    waiting = queries.left_waiting()
    ended = {one.after.id: one.after for one in waiting if one.after is not None}
    _go_on(waiting, ended, by_id="", at=at)


def _go_on(
    waiting: Sequence[Action], ended: Mapping[str, Action], *, by_id: str, at: datetime
) -> None:
    asked = queries.asked(waiting)
    for action in waiting:
        first = ended[action.after_id or ""]
        if asked[action.id].waits_for is not WaitingFor.AGREEMENT:
            continue
        by = by_id or first.owner_id or first.created_by_id
        note(action, "freed", by_id=by, at=at, was=queries.HELD, became=first.status)
        # Its owner has said nothing of it yet, and is asked as if it had been agreed today.
        action.status, action.status_at = Status.NOT_STARTED, None
        tell(action, [action.owner, *leads(action)], about="freed", at=at, but=by_id)
    db.session.flush()


def settle_word(action: Action) -> None:
    """Leave what the person said of it to the history: somebody has acted, so ask them anew."""
    action.persons_word, action.persons_words, action.persons_word_at = None, "", None


def said(action: Action, word: PersonsWord, *, by: Actor, at: datetime, words: str = "") -> None:
    """Keep the person's word on whether it happened; it stands beside the owner's report.

    Owner and coordinator are told neutrally; when somebody else writes it down, the person too.
    Raises ``Refused`` for what the person does themselves.
    """
    if action.is_persons:
        raise Refused(_("Det er ikke andre, der skal gøre det. Der er ikke noget at svare på."))
    action.persons_word, action.persons_words = word, words
    action.persons_word_at = at
    note(action, "said", by_id=by.user_id, at=at, became=word, reason=words)
    db.session.flush()
    concerned = [action.owner, *leads(action), action.case.person.user]
    tell(action, concerned, about="said", at=at, but=by.user_id)


def ask_for_help(action: Action, *, by: Actor, at: datetime, version: int) -> None:
    """Tell the coordinator that the person would like help with what they do themselves.

    Raises ``Refused`` for what somebody else does, ``Conflict`` when it was changed meanwhile.
    """
    how = _("Hvordan går det?")
    mine = {how: _("Jeg vil gerne have hjælp")}
    action.expect(version, mine=mine, theirs={how: _state(action.status)})
    if not action.is_persons:
        raise Refused(_("Det er en anden, der gør det."))
    # What it waits for is still so, and is read from the last line of the history.
    became = queries.HELD if is_held(action) else ""
    note(action, "help", by_id=by.user_id, at=at, became=became)
    action.status_at = at
    db.session.flush()
    tell(action, leads(action), about="help", at=at, but=by.user_id)


def confirm(action: Action, *, by: Actor, at: datetime) -> None:
    """Let a relative say yes: from now on the agreement is theirs. Twice changes nothing."""
    if action.owner_confirmed_at is None:
        action.owner_confirmed_at = at
        note(action, "confirmed", by_id=by.user_id, at=at)
        db.session.flush()


def answer(action: Action, word: PartysWord, *, by: Actor, at: datetime, words: str = "") -> None:
    """Keep whether the owner's organisation, or the authority that decides, says yes.

    A no ends what is still owed. Coordinator and person are told neutrally. Raises ``Refused``
    when nobody has to say yes, or somebody has answered.
    """
    if action.commitment not in {Commitment.AWAITED, Commitment.APPLIED_FOR}:
        raise Refused(_("Der er allerede svaret, eller der skal ikke svares."))
    action.partys_word, action.partys_word_at = word, at
    note(action, "answered", by_id=by.user_id, at=at, became=word, reason=words)
    if word is PartysWord.NO and action.is_live:
        put_at(action, Status.NOT_POSSIBLE, at=at)
        action.comment = words
    db.session.flush()
    go_on_after(action, by_id=by.user_id, at=at)
    concerned = [*leads(action), action.case.person.user]
    tell(action, concerned, about="answered", at=at, but=by.user_id)


def decline(action: Action, *, by: Actor, at: datetime) -> None:
    """Let a relative say no to what they were named for; the coordinator finds somebody else.

    Raises ``Refused`` when they have said yes before.
    """
    if not waits_for_yes(action):
        raise Refused(_("Du har sagt ja til aftalen. Skriv i stedet, hvordan det går."))
    note(action, "declined", by_id=by.user_id, at=at, was=action.status)
    put_at(action, Status.NOT_POSSIBLE, at=at)
    db.session.flush()
    go_on_after(action, by_id=by.user_id, at=at)
    tell(action, leads(action), about="declined", at=at, but=by.user_id)
