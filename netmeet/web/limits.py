"""How much a request may hold: files come in parts, everything else is the words of a form."""

from flask import abort, current_app, request

_IN_PARTS = "multipart/form-data"
_FORM = "application/x-www-form-urlencoded"


def check() -> None:
    """Answer 413 to a body that is larger, or has more fields, than any form of netmeet.

    Werkzeug counts fields and their length only where a form comes in parts.
    """
    if request.mimetype == _IN_PARTS:
        return
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    most = current_app.config["MAX_FORM_PARTS"]
    if request.mimetype == _FORM and request.get_data().count(b"&") >= most:
        abort(413)
