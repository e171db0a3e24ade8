"""Security headers, exactly the same on every answer (``security.md`` § 3, T15)."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_REFUSALS = 400


def add(response: Response) -> Response:
    """Put the headers on ``response``. Only static files that are there may be kept."""
    for name, value in _ALWAYS.items():
        response.headers[name] = value
    if request.endpoint != "static" or response.status_code >= _REFUSALS:
        response.headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Put the headers on every answer of ``app``."""
    app.after_request(add)
