"""Leaving: log out, Luk hurtigt, and the page that tells nothing; and how one reads."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from netmeet.accounts import queries, service
from netmeet.accounts.views.blueprint import bp, onward, settings
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.web import guard, transaction
from netmeet.web.guard import public


@bp.post("/logout")
@public(P.PUBLIC_SIGN_IN_AND_OUT)
def logout() -> ResponseReturnValue:
    """End the login; to the neutral page when somebody must leave quickly."""
    if request.form.get("leave"):
        return end(settings().exit_url)
    return end(url_for("accounts.login"))


@bp.post("/leave")
@public(P.PUBLIC_SIGN_IN_AND_OUT)
def leave() -> ResponseReturnValue:
    """End the login and show something else."""
    return end(settings().exit_url)


def end(target: str) -> Response:
    """End the session's row, so that the cookie is worthless, and clear what the browser keeps."""
    service.sign_out(session.get("sid", ""), at=clock.now())
    answer = redirect(target, 303)
    transaction.forget(answer)
    return answer


@bp.get("/roligt")
@public(P.PUBLIC_LOGIN_PAGE)
def calm() -> ResponseReturnValue:
    """Show a page that tells nothing about what was there before."""
    return render_template("accounts/calm.html", today=clock.today())


@bp.post("/display")
@public(P.PUBLIC_LOGIN_PAGE)
def display() -> ResponseReturnValue:
    """Change language or size of text, here and, when signed in, at the next login."""
    lang, text = request.form.get("lang"), request.form.get("text")
    if lang in {"da", "en"}:
        session["lang"] = lang
    if text in {"large", "normal"}:
        session["large_text"] = text == "large"
    user = queries.user(guard.actor().user_id)
    if user is not None:
        is_large = session.get("large_text", False)
        service.choose_display(user, lang=session.get("lang", "da"), is_large=is_large)
    return redirect(onward(request.form.get("next")), 303)
