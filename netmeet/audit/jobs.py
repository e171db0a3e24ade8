"""Anchoring and verifying the access log."""

import logging
import os
import urllib.request
from datetime import datetime
from pathlib import Path

from netmeet.audit import service
from netmeet.audit.service import verifying
from netmeet.core.db import db, may_write

log = logging.getLogger(__name__)

_SECONDS = 20


def anchor(now: datetime, *, place: str) -> None:
    """Write down length and head of the log, here and at ``place``.

    ``place`` is a file that only grows, or an https address that takes a line a POST; it is to be
    out of reach of who runs the database: the log with its key can be made anew, what is written
    elsewhere cannot. Raises ``OSError`` when the place does not take it.
    """
    may_write()
    row = service.anchor(at=now)
    line = f"{row.at.isoformat()} {row.seq} {row.chain.hex()}\n"
    db.session.commit()
    if "://" in place:
        _post(place, line)
        return
    handle = os.open(Path(place), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as anchors:
        anchors.write(line)


def _post(place: str, line: str) -> None:
    told = urllib.request.Request(  # noqa: S310 - the settings allow https and this machine
        place, data=line.encode("ascii"), headers={"Content-Type": "text/plain"}
    )
    with urllib.request.urlopen(told, timeout=_SECONDS):  # noqa: S310 - as above
        pass


def verify(_now: datetime) -> None:
    """Say loudly when the log has been tampered with."""
    broken = verifying.broken_at()
    db.session.rollback()
    if broken is not None:
        log.critical("the access log does not hold at row %s", broken)
