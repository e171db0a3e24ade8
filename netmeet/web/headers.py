"""Security headers, exactly the same on every answer (``security.md`` § 3, T15)."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)

SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what somebody sent: opened as a page it can do nothing."""

PRIVATE = "private, no-store"
"""What a calendar that fetches for one human is told of keeping: nobody on the way may."""

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What stands on every answer, whoever gives it."""

NOWHERE_KEPT = "no-store"
_REFUSALS = 400


def add(response: Response) -> Response:
    """Put the headers on ``response``. Only static files that are there may be kept."""
    is_sandboxed = response.headers.get("Content-Security-Policy") == SANDBOX
    is_private = response.headers.get("Cache-Control") == PRIVATE
    for name, value in ALWAYS.items():
        response.headers[name] = value
    if is_sandboxed:
        response.headers["Content-Security-Policy"] = SANDBOX
    if request.endpoint != "static" or response.status_code >= _REFUSALS:
        response.headers["Cache-Control"] = PRIVATE if is_private else NOWHERE_KEPT
    return response


def install(app: Flask) -> None:
    """Put the headers on every answer of ``app``."""
    app.after_request(add)
