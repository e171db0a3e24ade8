"""Giving an agreement to somebody else: by its owner, the coordinator, or the owner's manager."""

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from netmeet.actions import exports, queries, service
from netmeet.actions.forms import owing as forms
from netmeet.actions.views import bp
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings.forms.choices import options
from netmeet.web import guard
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netmeet.actions.models import Action


@bp.get("/actions/<oid:id>/owner")
@guard.needs(P.ACTION_REASSIGN, load=queries.by_id, see=P.ACTION_READ_META)
def hand_over(action: "Action") -> ResponseReturnValue:
    """Ask who shall do it instead. A manager sees whose it is and when it is due, no more."""
    form = forms.HandOver(version=action.version, formdata=None)
    return _page(action, form, queries.candidates(action, actor=guard.actor()))


@bp.post("/actions/<oid:id>/owner")
@guard.needs(P.ACTION_REASSIGN, load=queries.by_id, see=P.ACTION_READ_META)
def reassign(action: "Action") -> ResponseReturnValue:
    """Give it to the one who was chosen."""
    found = queries.candidates(action, actor=guard.actor())
    form = forms.HandOver()
    form.to.choices = _choices(found)
    if form.validate():
        try:
            service.reassign(
                action,
                to=next((one for one in found if one.user.id == form.to.data), None),
                reason=form.reason.data or "",
                by=guard.actor(),
                at=clock.now(),
                version=form.version.data or 0,
            )
            return redirect(_back(action), 303)
        except Refused as no:
            form.refuse(no)
    return _page(action, form, found, code=422)


def _choices(found: "Sequence[queries.Candidate]") -> Any:
    return options(
        (one.user.id, f"{one.user.name}, {one.where}" if one.where else one.user.name)
        for one in found
    )


def _page(
    action: "Action",
    form: forms.HandOver,
    found: "Sequence[queries.Candidate]",
    *,
    code: int = 200,
) -> ResponseReturnValue:
    form.to.choices = _choices(found)
    may_read = guard.allowed(P.ACTION_READ, action)
    page = render_template(
        "actions/hand_over.html",
        line=exports.lines([action], today=clock.today())[0] if may_read else None,
        ref=exports.ref(action),
        owner=action.owner.name if action.owner is not None else "",
        due=action.due_on,
        form=form,
        action_id=action.id,
        has_candidates=bool(found),
        back=_back(action),
    )
    return page, code


def _back(action: "Action") -> str:
    """Return where one came from, else the agreement, or a list without a right to read it."""
    if guard.allowed(P.ACTION_READ, action):
        otherwise = url_for("actions.show", id=action.id)
    elif guard.actor().role is Role.MGR:
        otherwise = url_for("indicators.overview")
    else:
        otherwise = url_for("actions.mine")
    return own_path(request.values.get("next", ""), otherwise=otherwise)
