"""The shared meeting template of the region and the municipalities, loaded as data."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from netmeet.core.db import db
from netmeet.meetings.models import MeetingTemplate

_FILE = Path(__file__).parent / "data" / "templates.yaml"


def load(today: date) -> int:
    """Write the templates that are valid by ``today`` and not there yet.

    What is there already stays as an administrator left it. Returns how many were written; nothing
    is committed.
    """
    book = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    if book["valid_from"] > today:
        return 0
    known = set(db.session.scalars(select(MeetingTemplate.kind)))
    wanted = [entry for entry in _entries(book) if entry["kind"] not in known]
    for entry in wanted:
        db.session.add(
            MeetingTemplate(
                kind=entry["kind"],
                name=entry["name"],
                content=entry["content"],
                valid_from=book["valid_from"],
            )
        )
    db.session.flush()
    return len(wanted)


def _entries(book: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one entry a kind, with the shared parts filled in."""
    return [_entry(kind, own, book) for kind, own in book["kinds"].items()]


def _entry(kind: str, own: dict[str, Any], book: dict[str, Any]) -> dict[str, Any]:
    points = own.get("points", book["points"])
    standing = [{"key": key, **book["standing"][key]} for key in points]
    for point in standing:
        point["minutes"] = own.get("minutes", {}).get(point["key"], point["minutes"])
    content = {
        "purpose": own["purpose"],
        "preparation": [*book["preparation"], *own.get("preparation", [])],
        "ground_rules": book["ground_rules"],
        "agreements": book["agreements"],
        "standing": standing,
    }
    return {"kind": kind, "name": own["name"], "content": content}
