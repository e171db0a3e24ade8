"""Letters from templates: every slice's renderers write theirs with this."""

from collections.abc import Mapping
from typing import cast

from flask import current_app
from flask_babel import force_locale

import config
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter


def letter(  # noqa: PLR0913 - a letter is all of this
    message: Message,
    template: str,
    *,
    to: str,
    facts: Mapping[str, object],
    lang: str = "da",
    message_id: str = "",
    in_reply_to: str = "",
    calendar: bytes | None = None,
    method: str = "",
) -> Letter:
    """Return the letter that ``<template>.subject.txt``, ``.txt`` and ``.html`` make of ``facts``.

    ``template`` is as "invitations/email/invitation". The same message always gets the same
    Message-ID, so that a mail sent twice is known as one; ``message_id`` overrides it.
    """
    environment = current_app.jinja_env
    known = {"lang": lang, **facts}
    with force_locale(lang):
        subject, text, html = (
            environment.get_template(f"{template}.{part}").render(known)
            for part in ("subject.txt", "txt", "html")
        )
    return Letter(
        to=to,
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=html,
        message_id=message_id or own_message_id(message.key),
        in_reply_to=in_reply_to,
        calendar=calendar,
        method=method,
    )


def own_message_id(key: str) -> str:
    """Return the Message-ID of the message with ``key`` (RFC 5322 § 3.6.4)."""
    local = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "." for c in key)
    return f"<{local.strip('.')}@{_settings().sender.rpartition('@')[2]}>"


def address(endpoint: str, values: Mapping[str, object] | None = None) -> str:
    """Return the full public address of a page, also where there is no request."""
    adapter = current_app.url_map.bind("localhost")
    return _settings().base_url + adapter.build(endpoint, dict(values or {}))


def _settings() -> config.Settings:
    return cast("config.Settings", current_app.config["NETMEET"])
