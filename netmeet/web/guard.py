"""Default deny: every view names its operation, and is reached only when the rules allow it."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, NoReturn

from flask import Flask, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from netmeet.core import clock
from netmeet.core.access import Actor, anonymous
from netmeet.core.permissions import LOOKS, Permission
from netmeet.core.trail import entry
from netmeet.web.hooks import hooks

View = Callable[..., Any]
Load = Callable[[str], Any]

REFRESH_HEADER = "X-Refresh"
"""Sent by an open screen that fetches itself anew (``security.md`` § 3, followed screens)."""

LEAVE_HEADER = "X-Leave"
"""Sent with the last text by somebody who leaves quickly: no request may overtake that text."""


def load_actor() -> None:
    """Find out who is asking, once a request, before anything else."""
    at = clock.now()
    secret = session.get("sid", "")
    g.trail = []
    g.declared = None
    g.actor = (hooks().load_actor(secret, at) if secret else None) or anonymous(at)


def actor() -> Actor:
    """Return who is asking. Raises ``RuntimeError`` outside a request."""
    found: Actor = g.actor
    return found


def note(permission: Permission, thing: Any = None, *, reason: str = "") -> None:
    """Log one more operation of this request, beside the one the view declared.

    Of an operation that is logged already the row gets the ``reason``: one operation is one row.
    """
    told = entry(actor(), permission, thing, reason=reason)
    for place, earlier in enumerate(g.trail):
        if (earlier.operation, earlier.object_id) == (told.operation, told.object_id):
            g.trail[place] = replace(earlier, reason=reason or earlier.reason)
            g.declared = g.trail[place] if earlier is g.declared else g.declared
            return
    g.trail.append(told)


def instead(
    permission: Permission, thing: Any = None, *, allowed: bool = True, reason: str = ""
) -> None:
    """Log this in place of what the view declared: what is done, or to what, shows only inside it.

    Of several such each is a row.
    """
    g.trail = [told for told in g.trail if told is not g.declared]
    g.trail.append(
        entry(
            actor(),
            permission,
            thing,
            allowed=allowed,
            reason=reason,
            is_refresh=g.declared.is_refresh,
            read_as=None if permission in LOOKS else g.declared.read_as,
        )
    )


def allowed(permission: Permission, thing: Any = None) -> bool:
    """Tell whether the actor may do ``permission`` with ``thing`` now (for what a page offers)."""
    return hooks().book.allows(actor(), permission, thing)


def may_after_step_up(permission: Permission, thing: Any = None) -> bool:
    """Tell whether the actor may do it now or after confirming who they are."""
    return hooks().book.allows_after_step_up(actor(), permission, thing)


def count_paper() -> None:
    """Count one more PDF of the actor's; 429 when they had their share of this minute.

    To be called when the reading transaction has ended, before the printing begins.
    """
    if not hooks().may_print(actor().user_id, actor().at):
        abort(429)


def may_send_file() -> bool:
    """Count one more file that the actor sends; false when they had their share for now.

    To be called when the reading transaction has ended, before the file is opened.
    """
    return hooks().may_send_file(actor().user_id, actor().at)


def public(permission: Permission) -> Callable[[View], View]:
    """Declare a view open to everybody. Raises ``ValueError`` for anything but ``public.*``."""
    if not permission.startswith("public."):
        message = f"{permission} is not public"
        raise ValueError(message)

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**parts: Any) -> Any:
            return view(**parts)

        guarded.operation = permission  # type: ignore[attr-defined]  # a mark
        return guarded

    return declare


def needs(
    permission: Permission,
    *,
    load: Load | None = None,
    see: Permission | None = None,
    reads: Permission | None = None,
    is_followed: bool = False,
) -> Callable[[View], View]:
    """Declare a view's operation.

    ``load`` gets the address' ``id`` and returns the object (or ``None``), which the view receives
    as its first argument. Who may not ``see`` it (default: who may not do it) gets 404, as if it
    were not there; who may see but not do gets 403; who only lacks a fresh proof of identity is
    sent to give it. Every outcome is logged. A page that was only shown is logged as what it
    ``reads`` (default: as what lets one ``see``). ``is_followed`` is a screen that its own buttons
    fetch anew: in one login that is one look, for as long as a followed screen lasts.
    """
    read_as = None if permission in LOOKS else reads or see

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**parts: Any) -> Any:
            thing = load(parts.pop("id")) if load is not None else None
            refusal = _refuse(
                permission,
                see,
                thing,
                missing=load is not None and thing is None,
                read_as=read_as,
                is_followed=is_followed,
            )
            if refusal is not None:
                return refusal
            return view(**parts) if load is None else view(thing, **parts)

        guarded.operation = permission  # type: ignore[attr-defined]  # a mark
        guarded.read_as = read_as or permission  # type: ignore[attr-defined]  # a mark
        return guarded

    return declare


def _refuse(
    permission: Permission,
    see: Permission | None,
    thing: Any,
    *,
    missing: bool = False,
    read_as: Permission | None = None,
    is_followed: bool = False,
) -> Response | None:
    """Return ``None`` to let the actor in, a redirect to a proof, or raise the right refusal."""
    who, book = actor(), hooks().book
    if not missing and book.allows(who, permission, thing):
        asks_anew = is_followed or request.headers.get(REFRESH_HEADER) == "1"
        # Whatever the browser calls it: what changes something is never a look that goes on.
        refresh = asks_anew and request.method in {"GET", "HEAD"}
        g.declared = entry(who, permission, thing, is_refresh=refresh, read_as=read_as)
        g.trail.append(g.declared)
        return None
    if who.is_anonymous:
        return ask_to_sign_in()
    if not missing and book.allows_after_step_up(who, permission, thing):
        # No refusal: the person must not read that somebody who may was turned away.
        return _ask_again(who)
    g.trail.append(entry(who, permission, thing, allowed=False))
    if missing:
        abort(404)
    return abort(403 if see is not None and book.allows(who, see, thing) else 404)


def hide() -> NoReturn:
    """Refuse a right that the view's own operation does not give, as if nothing were there.

    A view that finds nothing aborts with 404 itself: of that the log knows no refusal.
    """
    g.is_hidden = True
    abort(404)


def judge_again(permission: Permission, thing: Any, *, see: Permission) -> None:
    """Judge the view's operation once more, after it took so long that a right may have ended.

    The caller is looked up anew: a login may have ended meanwhile. Raises the refusal. The log is
    told of the operation once.
    """
    read_as = g.declared.read_as
    load_actor()
    _refuse(permission, see, thing, missing=thing is None, read_as=read_as)


def ask_to_sign_in() -> Response:
    """Send a reader to the login; keep what a writer posted and answer 401."""
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.login", next=_here()), 303)
    return abort(401)


def prove_first() -> Response | None:
    """Return the way to prove who one is, what was posted kept; ``None`` where that was just done.

    For a form of which only some changes ask for it. What waits is told to the log when it is done.
    """
    who = actor()
    if who.is_stepped_up:
        return None
    g.trail.remove(g.declared)
    return _ask_again(who)


def _ask_again(who: Actor) -> Response:
    """Send the actor to prove who they are, keeping what was posted."""
    parked = ""
    if request.method == "POST":
        parked = hooks().park(who.user_id, request.path, request.form.to_dict(flat=False), who.at)
        g.keep = True
    return redirect(url_for("accounts.step_up", next=_here(), parked=parked or None), 303)


def _here() -> str:
    return request.full_path.rstrip("?")


def check(app: Flask) -> None:
    """Refuse to start with a view that names no operation, or one that nobody may do.

    Raises ``RuntimeError`` listing all of them.
    """
    book = app.extensions["netmeet"].book
    wrong = []
    for name, view in app.view_functions.items():
        operation = getattr(view, "operation", None)
        if name == "static":
            continue
        if operation is None:
            wrong.append(f"{name} names no operation")
        elif not book.reachable(operation):
            wrong.append(f"{name}: nobody may {operation}")
    if wrong:
        raise RuntimeError("; ".join(wrong))
