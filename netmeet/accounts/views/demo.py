"""The demo's doors: a button for each person, and the post they received."""

from typing import TYPE_CHECKING

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from netmeet.accounts import exports, queries
from netmeet.accounts.views.blueprint import begin, bp, onward, settings
from netmeet.core.permissions import Permission as P
from netmeet.outbox import queries as outbox
from netmeet.web.guard import public

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.post("/demo/<oid:id>")
@public(P.PUBLIC_DEMO_LOGIN_AND_POST)
def demo_login(**parts: str) -> ResponseReturnValue:
    """Sign in as one of the fictive people."""
    _only_in_demo()
    user = queries.user(parts["id"])
    answer: Response | None = None
    if user is not None and user.active:
        answer = begin(user, by="demo", target=onward(request.form.get("next")))
    return answer or abort(404)


@bp.get("/post")
@public(P.PUBLIC_DEMO_LOGIN_AND_POST)
def post() -> ResponseReturnValue:
    """Show what each fictive person received, newest first."""
    _only_in_demo()
    chosen = request.args.get("person", "")
    attempts = outbox.sent(user_id=chosen)
    names = queries.names(outbox.receivers())
    return render_template(
        "accounts/post.html",
        delivered=exports.post(attempts, names, base_url=settings().base_url),
        people=sorted(names.items(), key=lambda pair: pair[1]),
        chosen=chosen,
    )


def _only_in_demo() -> None:
    if not settings().demo:
        abort(404)
