"""Showing those who find a time when one is busy."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from netmeet.accounts import forms
from netmeet.accounts.queries import busy as queries
from netmeet.accounts.rules import busy as rules
from netmeet.accounts.service import busy as service
from netmeet.accounts.views.blueprint import bp, settings
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard


@bp.get("/account/busy")
@guard.needs(P.ACCOUNT_SHOW_WHEN_BUSY, reads=P.ACCOUNT_READ_UPDATE_OWN)
def own_busy() -> ResponseReturnValue:
    """Say what is shown of one's calendar, and to whom; let one show it or hide it."""
    return _page(forms.ShownCalendar(formdata=None))


@bp.post("/account/busy")
@guard.needs(P.ACCOUNT_SHOW_WHEN_BUSY, reads=P.ACCOUNT_READ_UPDATE_OWN)
def show_busy() -> ResponseReturnValue:
    """Show a calendar, instead of the one before; the worker reads it within minutes."""
    form = forms.ShownCalendar()
    if not form.validate():
        return _page(form), 422
    try:
        service.show(
            guard.actor().user_id,
            form.address.data or "",
            allowed=settings().calendars,
            at=clock.now(),
        )
    except Refused as no:
        form.refuse(no)
        return _page(form), 422
    return redirect(url_for("accounts.own_busy"), 303)


@bp.post("/account/busy/end")
@guard.needs(P.ACCOUNT_SHOW_WHEN_BUSY, reads=P.ACCOUNT_READ_UPDATE_OWN)
def hide_busy() -> ResponseReturnValue:
    """Hide the calendar again; what was read from it is deleted."""
    service.hide(guard.actor().user_id)
    session["calendar_hidden"] = True
    return redirect(url_for("accounts.own_busy"), 303)


def _page(form: forms.ShownCalendar) -> str:
    calendar = queries.of_user(guard.actor().user_id)
    now = clock.now()
    return render_template(
        "accounts/busy.html",
        form=form,
        calendar=calendar,
        is_good=calendar is not None and rules.is_good(calendar.fetched_at, now),
        count=queries.count(calendar, since=now) if calendar is not None else 0,
        place=rules.origin(calendar.address) if calendar is not None else "",
        allowed=sorted(settings().calendars),
        is_hidden=session.pop("calendar_hidden", False),
    )
