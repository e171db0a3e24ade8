"""One's own calendar: the secret address it fetches from, and what it is given."""

from typing import TYPE_CHECKING

from flask import abort, g, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from netmeet.accounts import queries as accounts
from netmeet.accounts.queries import feeds as addresses
from netmeet.accounts.service import feeds as service
from netmeet.accounts.service import limits
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from netmeet.invitations import exports, queries
from netmeet.invitations.queries import feeds
from netmeet.invitations.views.blueprint import bp
from netmeet.outbox import exports as outbox
from netmeet.web import guard, headers

if TYPE_CHECKING:
    from netmeet.accounts.models import CalendarFeed, UnitRole


def _to_fetch(token: str) -> "CalendarFeed":
    """Return the feed of the secret; else 404, whatever the reason: a calendar asks for no login.

    That somebody tried is logged, the secret never is.
    """
    who = guard.actor()
    feed = addresses.by_token(token, at=who.at)
    if feed is None:
        g.trail.append(entry(who, P.ICAL_FEED_BY_TOKEN, allowed=False))
        abort(404)
    return feed


@bp.get("/calendar/<string:id>.ics")
@guard.needs(P.ICAL_FEED_BY_TOKEN, load=_to_fetch)
def fetch_calendar(feed: "CalendarFeed") -> ResponseReturnValue:
    """Return the meetings of whose feed it is, and only theirs, to whoever holds the secret."""
    who, feed_id = addresses.holder(feed, at=guard.actor().at), feed.id
    queries.end_reading()
    if not limits.may_fetch(feed_id, who.at):
        abort(429)
    answer = make_response(exports.calendar_feed(feeds.entries(who)))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    answer.headers["Cache-Control"] = headers.PRIVATE
    return answer


def _own_role() -> "UnitRole":
    """Return the role that the login acts in."""
    login = accounts.session(guard.actor().session_id) or abort(404)
    return accounts.unit_role(login.role_id) or abort(404)


def _page(*, address: str = "", has_ended: bool = False) -> str:
    """Return the page; ``address`` is the fresh one, shown this once."""
    return render_template(
        "invitations/calendar.html",
        feed=addresses.of_role(_own_role().id),
        address=address,
        has_ended=has_ended,
    )


@bp.get("/account/calendar")
@guard.needs(P.ICAL_ROTATE_FEED_TOKEN, reads=P.ACCOUNT_READ_UPDATE_OWN)
def own_calendar() -> ResponseReturnValue:
    """Say what the secret address is, and whether there is one; the address itself is gone."""
    return _page(has_ended=session.pop("calendar_ended", False))


@bp.post("/account/calendar")
@guard.needs(P.ICAL_ROTATE_FEED_TOKEN)
def renew_calendar() -> ResponseReturnValue:
    """Make an address and show it, this once; the one before ends at once."""
    token = service.renew(_own_role(), at=clock.now())
    return _page(address=outbox.address("invitations.fetch_calendar", {"id": token}))


@bp.post("/account/calendar/end")
@guard.needs(P.ICAL_ROTATE_FEED_TOKEN)
def end_calendar() -> ResponseReturnValue:
    """Stop the address; what a calendar has copied stays there."""
    service.end(_own_role().id, at=clock.now())
    session["calendar_ended"] = True
    return redirect(url_for("invitations.own_calendar"), 303)
