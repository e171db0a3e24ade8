"""Letters from templates: every slice's renderers write theirs with this."""

import functools
import re
from collections.abc import Mapping
from typing import cast

from flask import current_app
from jinja2 import Environment

import config
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter
from netmeet.web.languages import speaking

_TOO_EMPTY = re.compile(r"\n\s*\n(\s*\n)+")


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
    html, plain = current_app.jinja_env, _plain(current_app.jinja_env)
    known = {"lang": lang, **facts}
    with speaking(lang):
        subject = plain.get_template(f"{template}.subject.txt").render(known)
        text = plain.get_template(f"{template}.txt").render(known)
        page = html.get_template(f"{template}.html").render(known)
    return Letter(
        to=to,
        subject="".join(sign for sign in " ".join(subject.split()) if sign.isprintable()),
        text=_TOO_EMPTY.sub("\n\n", text).strip() + "\n",
        html=page,
        message_id=message_id or own_message_id(message.key),
        in_reply_to=in_reply_to,
        calendar=calendar,
        method=method,
    )


@functools.cache
def _plain(environment: Environment) -> Environment:
    """Return the environment for plain text, where a line that ends in a tag stays a line."""
    return environment.overlay(trim_blocks=False)


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
