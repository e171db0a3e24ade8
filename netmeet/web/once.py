"""A form that is sent twice is done once: it brings a key that is made each time it is shown."""

import json

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as Answer

from netmeet.core import sealed
from netmeet.web import guard
from netmeet.web.hooks import hooks

FIELD = "once"
_LONGEST = 400


def lead_again() -> Answer | None:
    """Lead where the same form led before, sent by the same login with the same words.

    With other words it is sent for the first time: nobody's text is dropped for a key's sake.
    Of who has not signed in nothing is kept, or strangers could fill the database.
    """
    if request.method != "POST" or guard.actor().is_anonymous:
        return None
    if not request.form.get(FIELD) or request.files:
        return None
    said = {name: request.form.getlist(name) for name in request.form if name != "csrf_token"}
    sent = json.dumps([guard.actor().session_id, request.full_path, said], sort_keys=True)
    key = sealed.keyring().index(sent, kind="once")
    led = hooks().claim(key, guard.actor().at)
    if led:
        return redirect(led, 303)
    g.once = key
    return None


def keep(response: Response) -> None:
    """Keep where the form led; unless it led on, it may be sent again."""
    key, to = g.get("once"), response.location or ""
    if key is not None:
        is_done = not g.get("keep", False) and len(to) <= _LONGEST
        hooks().settle(key, to if is_done else "")
