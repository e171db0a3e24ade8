"""Error pages: a sentence that says what to do next, and nothing about anybody."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, g, jsonify, render_template, request, session
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException

from netmeet.core import ids
from netmeet.core.refusals import Conflict, Refused
from netmeet.formats.pdf import PdfFailed
from netmeet.web.forms import texts
from netmeet.web.hooks import hooks
from netmeet.web.urls import own_path

log = logging.getLogger(__name__)

Fields = Mapping[str, str | list[str]]
_OF_THE_FORM = frozenset({"csrf_token", "autosave"})


@dataclass(frozen=True)
class WayBack:
    """Where a refusal's link leads, in words; ``on_screen`` when all look on."""

    url: str = "/"
    words: str = ""
    on_screen: bool = False


def lead_back(url: str, words: str, *, on_screen: bool = False) -> None:
    """Let a refusal of this request lead back to ``url`` rather than to the front page.

    ``on_screen`` keeps it on the big screen that everybody in a meeting sees.
    """
    g.way_back = WayBack(url, words, on_screen)


def _way_back() -> WayBack:
    found: WayBack = g.get("way_back") or WayBack()
    return found


def shows(fields: Callable[[], Fields]) -> None:
    """Let a collision in this request bring the form what now stands in it.

    ``fields`` is asked for names and values when there is one; a list is of what may be several.
    """
    g.shows = fields


def _sentence(code: int) -> tuple[str, str]:
    """Return heading and sentence for a status."""
    known = {
        400: (_("Siden var for gammel"), _("Gå tilbage, og prøv igen.")),
        403: (
            _("Det kan du ikke her"),
            _("Det er ikke åbent for dig. Spørg koordinatoren, hvis du har brug for det."),
        ),
        404: (
            _("Siden findes ikke"),
            _("Måske er den flyttet, eller også er den ikke åben for dig."),
        ),
        405: (_("Det kan siden ikke"), _("Gå tilbage, og brug knapperne på siden.")),
        413: (_("Det er for stort"), _("Send noget mindre.")),
        429: (_("Vent lidt"), _("Der er prøvet mange gange på kort tid. Prøv igen om lidt.")),
        503: (
            _("Papiret kunne ikke laves lige nu"),
            _("Der er travlt hos os. Prøv igen om lidt, eller læs det på skærmen."),
        ),
    }
    return known.get(code, (_("Noget gik galt hos os"), _("Prøv igen om lidt.")))


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _page(code: int, *, reference: str = "") -> ResponseReturnValue:
    heading, sentence = _sentence(code)
    if _wants_json():
        return jsonify(error=sentence), code
    return (
        render_template(
            "web/error.html",
            heading=heading,
            sentence=sentence,
            reference=reference,
            code=code,
            back=WayBack(),
            written=_written(),
        ),
        code,
    )


def _written() -> list[str]:
    """Return what somebody signed in wrote in the form that is refused: nobody writes it twice."""
    if request.method != "POST" or not getattr(g, "actor", None) or not g.actor.user_id:
        return []
    try:
        return [text for _name, text in texts(request.form.items(multi=True))]
    except HTTPException:  # the body itself cannot be read
        return []


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Answer any HTTP refusal."""
    return _page(error.code or 500)


def on_broken_request(_error: ParseException) -> ResponseReturnValue:
    """Answer 400 to a body in chunks that are none: it is read only when a form is asked for."""
    return _page(400)


def on_ended_login(_error: HTTPException) -> ResponseReturnValue:
    """Answer 401: keep what was posted for an hour, and open the login over it."""
    if _wants_json():
        return jsonify(error=_("Du er logget ud. Log ind igen, så gemmer vi.")), 401
    owner = hooks().owner_of(session.get("sid", ""))
    parked = ""
    if owner is not None and request.method == "POST":
        parked = hooks().park(owner, request.path, request.form.to_dict(flat=False), g.actor.at)
        g.keep = True
    page = render_template("web/ended.html", parked=parked, path=request.path)
    return page, 401


def on_csrf(_error: CSRFError) -> ResponseReturnValue:
    """Answer 400 to a form without a good token, with the text shown so that it can be copied."""
    if _wants_json():
        return jsonify(error=_("Siden var for gammel. Hent den igen.")), 400
    sent = request.form.items(multi=True)
    written = [text for _name, text in texts(sent)]
    return render_template("web/stale.html", written=written, back=_near()), 400


def on_refused(refusal: Refused) -> ResponseReturnValue:
    """Answer 409 with the sentence of a refusal no form could show."""
    if _wants_json():
        return jsonify(error=str(refusal)), 409
    back = _way_back()
    page = render_template(
        "web/error_screen.html" if back.on_screen else "web/error.html",
        heading=_("Det kan ikke lade sig gøre endnu"),
        sentence=str(refusal),
        reference="",
        code=409,
        back=back,
        written=_written(),
        paused=False,
    )
    return page, 409


def on_conflict(conflict: Conflict) -> ResponseReturnValue:
    """Answer 409 with both texts; nothing has been overwritten."""
    theirs = conflict.theirs
    boxes = [
        (label, theirs.get(label, ""), text)
        for label, text in conflict.mine.items()
        if _plain(text) != _plain(theirs.get(label, ""))
    ]
    if _wants_json():
        stored = g.shows() if "shows" in g else {}
        part = render_template(
            "web/_conflict.html", boxes=boxes, version=conflict.version, stored=stored
        )
        return part, 409
    sent = _anew(conflict)
    written = _asked_again(sent, conflict)
    fields = [(name, text) for _label, name, text in written]
    back = _way_back()
    page = render_template(
        "web/conflict_screen.html" if back.on_screen else "web/conflict.html",
        boxes=boxes,
        version=conflict.version,
        stored=None,
        path=request.path,
        written=written,
        rest=[pair for pair in sent if pair not in fields],
        leave=own_path(request.form.get("next", ""), otherwise=back.url if back.words else _near()),
        back=back,
        paused=False,
    )
    return page, 409


def _anew(conflict: Conflict) -> list[tuple[str, str]]:
    """Return what was sent as it must be sent to save it over what stands there now."""
    fresh = {"version": str(conflict.version), **conflict.again}
    sent = {name: value for name, value in fresh.items() if name not in request.form}
    return [
        *sent.items(),
        *(
            (name, fresh.get(name.rpartition("-")[2], value))
            for name, value in request.form.items(multi=True)
            if name not in _OF_THE_FORM
        ),
    ]


def _asked_again(sent: Sequence[tuple[str, str]], conflict: Conflict) -> list[tuple[str, str, str]]:
    """Return label, name and text of what was written and may not be out of sight.

    That is everything but what stands there already, word for word. A text has a label when there
    is one place it can belong to.
    """
    mine = [(label, _plain(text)) for label, text in conflict.mine.items()]
    kept = {_plain(text) for text in conflict.theirs.values()}
    written = list(texts(sent))
    said = Counter(_plain(text) for _name, text in written)
    found = []
    for name, text in written:
        labels = [label for label, one in mine if one == _plain(text)]
        is_open = any(_plain(conflict.theirs.get(label, "")) != _plain(text) for label in labels)
        if is_open or not labels or _plain(text) not in kept:
            is_clear = len(labels) == 1 and said[_plain(text)] == 1
            found.append((labels[0] if is_clear else "", name, text))
    return found


def _plain(text: str) -> str:
    """Return the text as it is kept: a browser ends its lines in its own way."""
    return text.replace("\r\n", "\n").strip()


def _near() -> str:
    """Return the page nearest to the address that was posted to: itself, or one it lies under."""
    path, adapter = request.path, request_ctx.url_adapter
    while path and adapter is not None and not adapter.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def on_no_paper(failed: PdfFailed) -> ResponseReturnValue:
    """Answer 503: the paper could not be printed now; the reason in the log names no content."""
    log.error("%s %s", request.endpoint, failed)
    return _page(503)


def on_bug(error: Exception) -> ResponseReturnValue:
    """Answer 500 with a reference; the log gets the kind of error and where, never its data."""
    reference = ids.new_id()
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    log.error("%s %s %s at %s", reference, request.endpoint, type(error).__name__, where)
    return _page(500, reference=reference)


def install(app: Flask) -> None:
    """Give ``app`` its error pages."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(ParseException, on_broken_request)
    app.register_error_handler(401, on_ended_login)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(Conflict, on_conflict)
    app.register_error_handler(PdfFailed, on_no_paper)
    if not app.config["PROPAGATE_EXCEPTIONS"]:
        app.register_error_handler(Exception, on_bug)
