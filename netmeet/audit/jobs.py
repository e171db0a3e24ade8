"""Anchoring and verifying the access log."""

import logging
import os
from datetime import datetime
from pathlib import Path

from netmeet.audit import service
from netmeet.core.db import db, may_write

log = logging.getLogger(__name__)


def anchor(now: datetime, *, folder: Path) -> None:
    """Write down length and head of the log, here and in ``folder/anchors.log``.

    That file is what to copy to another machine: the log with its key can be made anew, the file
    elsewhere cannot.
    """
    may_write()
    row = service.anchor(at=now)
    line = f"{row.at.isoformat()} {row.seq} {row.chain.hex()}\n"
    db.session.commit()
    handle = os.open(folder / "anchors.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as anchors:
        anchors.write(line)


def verify(_now: datetime) -> None:
    """Say loudly when the log has been tampered with."""
    broken = service.broken_at()
    db.session.rollback()
    if broken is not None:
        log.critical("the access log does not hold at row %s", broken)
