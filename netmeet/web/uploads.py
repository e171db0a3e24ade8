"""What requests bring: words without NUL; files for who has signed in, and never on disk."""

import io
from collections.abc import Callable
from typing import IO, Any

import flask
from flask import abort, current_app, g, request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items

View = Callable[..., Any]

_BESIDE = 64 * 1024
_TOO_MUCH = 2
"""A file of up to so many times the limit is received, to be refused in words beside its field."""


class Sent(ImmutableMultiDict[str, Any]):
    """What an address or a form says, without NUL: no key types it, PostgreSQL keeps none."""

    def __init__(self, said: Any = ()) -> None:
        super().__init__((_typed(k), _typed(v)) for k, v in iter_multi_items(said))


def _typed(said: Any) -> Any:
    return said.replace("\0", "") if isinstance(said, str) else said


class Request(flask.Request):
    """A request whose files stay in memory: what people send is never on disk in the open."""

    parameter_storage_class = Sent

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Return where a file is received."""
        del total_content_length, content_type, filename, content_length
        return io.BytesIO()


def takes_a_file(view: View) -> View:
    """Declare that a view is sent files."""
    view.takes_a_file = True  # type: ignore[attr-defined]  # a mark
    return view


def make_room() -> None:
    """Let the request be as large as a file may be, before anybody reads it.

    Answers 400 to a part without a name, which those who read forms do not expect.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_a_file", False) and not g.actor.is_anonymous:
        largest = current_app.config["NETMEET"].file_megabytes * 1_000_000
        request.max_content_length = _TOO_MUCH * largest + _BESIDE
    if request.mimetype == "multipart/form-data" and None in request.form:
        abort(400)
