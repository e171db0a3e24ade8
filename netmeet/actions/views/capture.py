"""Capturing agreements in the meeting, one line each."""

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.actions import exports
from netmeet.actions.forms import capture as forms
from netmeet.actions.rules import ActionKind
from netmeet.actions.service import capture as service
from netmeet.actions.views import bp
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings import queries as meetings
from netmeet.meetings.queries import minutes
from netmeet.web import errors, guard

if TYPE_CHECKING:
    from netmeet.actions.models import Action
    from netmeet.meetings.models import Meeting


KINDS = tuple(kind for kind in ActionKind if kind is not ActionKind.OWN)
"""The kinds to choose among; what the person does is their own by its owner."""


@bp.post("/meetings/<oid:id>/actions")
@guard.needs(P.ACTION_CREATE, load=minutes.room, see=P.MEETING_READ)
def capture(meeting: "Meeting") -> ResponseReturnValue:
    """Keep one line as an agreement; ask first when who or when is in doubt."""
    _lead_back(meeting)
    form = forms.Line()
    reading = _read(meeting, form)
    if form.validate() and _may_keep(meeting, form, reading):
        try:
            action = service.keep(
                meeting,
                reading,
                by=guard.actor(),
                at=clock.now(),
                item_id=form.item_id.data or None,
            )
            return redirect(_room(meeting, kept=action.id), 303)
        except Refused as no:
            form.refuse(no)
    return _ask(meeting, form, reading), 422


@bp.post("/meetings/<oid:id>/actions/parse")
@guard.needs(P.ACTION_CREATE, load=minutes.room, see=P.MEETING_READ, is_followed=True)
def parse(meeting: "Meeting") -> ResponseReturnValue:
    """Show what a line says so far, as chips; while one types that is one look."""
    guard.instead(P.MEETING_READ, meeting)
    form = forms.Line()
    action = service.draft(meeting, form.action_id.data) if form.action_id.data else None
    chips = _chips(meeting, form, _read(meeting, form), action=action)
    return render_template("actions/_chips.html", **chips)


@bp.route("/meetings/<oid:id>/actions/<oid:action_id>/line", methods=["GET", "POST"])
@guard.needs(P.MINUTES_WRITE_DRAFT, load=minutes.room, see=P.MEETING_READ)
def draft(meeting: "Meeting", action_id: str) -> ResponseReturnValue:
    """Write a draft anew as a line, or delete it."""
    _lead_back(meeting)
    action = _draft(meeting, action_id)
    form = forms.Line(
        data={
            "line": service.line_of(action),
            "version": action.version,
            "item_id": action.item_id,
            "kind": action.kind.value,
            "asks_first": action.needs_yes,
            "after_id": service.first_of(action),
        }
    )
    reading = _read(meeting, form)
    if not form.was_sent:
        return _ask(meeting, form, reading, action=action)
    if form.sure.data:
        service.remove(action)
        return redirect(_room(meeting), 303)
    if form.delete.data:
        return _ask(meeting, form, reading, action=action, is_deleting=True), 422
    if form.validate() and _may_keep(meeting, form, reading, action=action):
        try:
            service.rewrite(action, reading, by=guard.actor(), version=form.version.data or 0)
            return redirect(_room(meeting, kept=action.id), 303)
        except Refused as no:
            form.refuse(no)
    return _ask(meeting, form, reading, action=action), 422


@bp.post("/meetings/<oid:id>/actions/<oid:action_id>/read-back")
@guard.needs(P.MINUTES_WRITE_DRAFT, load=meetings.by_id, see=P.MEETING_READ)
def read_back(meeting: "Meeting", action_id: str) -> ResponseReturnValue:
    """Note that an agreement has been read aloud and its wording is right."""
    _lead_back(meeting)
    action = _draft(meeting, action_id)
    form = forms.Wording()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0])
    service.read_back(
        action, what=form.what.data or "", at=clock.now(), version=form.version.data or 0
    )
    return redirect(url_for("pages.read_back", id=meeting.id), 303)


def _may_keep(
    meeting: "Meeting",
    form: forms.Line,
    reading: service.Reading,
    *,
    action: "Action | None" = None,
) -> bool:
    """Tell whether nothing is left to ask: who, when, and for what it waits when it says so."""
    if form.keep.data or not reading.is_sure:
        return bool(form.keep.data)
    if not reading.waits or form.after_id.name in request.form:
        return True
    return not service.to_wait_for(meeting, reader=guard.actor(), by=action)


def _read(meeting: "Meeting", form: forms.Line) -> service.Reading:
    choice = service.Choice(
        owner_id=form.owner_id.data or "",
        due_on=_day(form.due_on.data),
        kind=_kind(form.kind.data),
        asks_first=form.asks_first.data,
        after_id=form.after_id.data or "",
    )
    line = form.line.data or ""
    return service.read(meeting.case, line, today=service.today_of(guard.actor().at), choice=choice)


def _chips(
    meeting: "Meeting",
    form: forms.Line,
    reading: service.Reading,
    *,
    action: "Action | None" = None,
) -> dict[str, Any]:
    """Return what the chips need: what was heard, and what the owner's side must say yes to.

    What it may wait for is looked up only for a line that says that it waits.
    """
    owner, item_id = reading.owner, form.item_id.data or None
    waits, reader = reading.waits, guard.actor()
    first = service.to_wait_for(meeting, reader=reader, by=action) if waits else []
    return {
        "heard": reading,
        "to_wait_for": first,
        # What was chosen before may be hidden from who writes now: it stays chosen all the same.
        "keeps_first": bool(reading.after_id)
        and action is not None
        and reading.after_id == service.first_of(action)
        and reading.after_id not in {one.id for one in first},
        "form": form,
        "kinds": KINDS,
        "awaited": exports.awaited(owner.sector)
        if owner is not None and service.lacks_yes(meeting, reading, item_id=item_id)
        else "",
        "asks_first": exports.asks_first(owner.sector)
        if owner is not None and owner.role.is_staff
        else "",
    }


def _kind(word: str | None) -> ActionKind | None:
    return next((kind for kind in KINDS if kind.value == word), None)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _lead_back(meeting: "Meeting") -> None:
    """Let what is refused stay in the room while the meeting is on, and by the minutes after it."""
    is_on = meeting.ended_at is None
    words = _("Tilbage til mødet") if is_on else _("Tilbage til referatet")
    errors.lead_back(_room(meeting), words, on_screen=is_on)


def _draft(meeting: "Meeting", action_id: str) -> "Action":
    action = service.draft(meeting, action_id)
    return action if action is not None else abort(404)


def _ask(
    meeting: "Meeting",
    form: forms.Line,
    reading: service.Reading,
    *,
    action: "Action | None" = None,
    is_deleting: bool = False,
) -> str:
    return render_template(
        "actions/capture.html",
        is_deleting=is_deleting,
        meeting_id=meeting.id,
        action_id=action.id if action is not None else "",
        is_minutes=meeting.ended_at is not None,
        paused=meeting.is_paused,
        **_chips(meeting, form, reading, action=action),
    )


def _room(meeting: "Meeting", *, kept: str | None = None) -> str:
    """Return where one came from: the room, or the draft of the minutes after it."""
    if meeting.ended_at is not None or request.form.get("from") == "minutes":
        return url_for("pages.minutes", id=meeting.id)
    return url_for("pages.room", id=meeting.id, kept=kept)
