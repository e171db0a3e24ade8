"""The agreements as plain text, in the order a record or case system takes them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from netmeet.core import calendar
from netmeet.meetings.exports.minutes import MinutesData, PointData
from netmeet.meetings.rules import AnswerToPerson, AttendanceStatus, Conclusion

_WAS_THERE = {AttendanceStatus.WHOLE, AttendanceStatus.PART}
_ANSWERED = {
    AnswerToPerson.YES: lazy_gettext("ja."),
    AnswerToPerson.IN_PART: lazy_gettext("delvist."),
    AnswerToPerson.NO_BECAUSE: lazy_gettext("nej, fordi"),
}
_ENDED = {
    Conclusion.AGREED: lazy_gettext("aftalt"),
    Conclusion.DECIDED: lazy_gettext("besluttet"),
    Conclusion.AWAITING: lazy_gettext("venter på svar"),
    Conclusion.DEFERRED: lazy_gettext("udsat"),
    Conclusion.NOT_DEALT_WITH: lazy_gettext("ikke nået"),
}
_WITH_REASON = frozenset({Conclusion.DEFERRED, Conclusion.NOT_DEALT_WITH})


def journal_text(minutes: MinutesData, plan: Mapping[str, Any]) -> str:
    """Return what to file: meeting, who was there, what the person said, agreements, next time.

    Both are cut for the one who files it, so that nobody's record gets what was not opened.
    """
    start = minutes.starts_local
    held = calendar.day_with_year(start.date()) if start is not None else _("uden dag")
    parts = [
        _("Netværksmøde %(day)s", day=held),
        _("Formål: %(purpose)s", purpose=minutes.purpose),
        _("Deltagere: %(names)s", names=_names(minutes, was_there=True)),
        "",
        *_points(minutes),
        _("Aftaler"),
        *_agreements(plan),
        "",
        _next(plan),
        *_files(minutes),
    ]
    if absent := _names(minutes, was_there=False):
        parts.insert(3, _("Var ikke med: %(names)s", names=absent))
    if minutes.edition > 1 and minutes.corrected_at is not None:
        on = calendar.day_with_year(calendar.to_local(minutes.corrected_at).date())
        parts.insert(1, _("Udgave %(n)d, rettet %(on)s", n=minutes.edition, on=on))
    if minutes.is_extract or plan["is_extract"]:
        parts.insert(1, _("Uddrag"))
    return "\n".join(parts).strip() + "\n"


def _names(minutes: MinutesData, *, was_there: bool) -> str:
    return ", ".join(
        one.name for one in minutes.participants if (one.status in _WAS_THERE) is was_there
    )


def _answer(point: PointData) -> str:
    """Return yes, in part or no to the person's wish, and the words beside it."""
    kind = str(_ANSWERED[point.answer_kind]) if point.answer_kind else ""
    return " ".join(part for part in (kind, point.answer) if part)


def _conclusion(point: PointData) -> str:
    """Return how a point ended, in words and with what was written beside it."""
    ended = str(_ENDED[point.conclusion]) if point.conclusion else ""
    until = calendar.day_with_year(point.until) if point.until else ""
    if point.conclusion is Conclusion.AWAITING and point.decider and until:
        ended = _(
            "skal besluttes af %(who)s, der svarer senest %(on)s", who=point.decider, on=until
        )
    elif point.conclusion is Conclusion.DEFERRED and until:
        ended = _("udsat til %(on)s", on=until)
    why = point.reason if point.conclusion in _WITH_REASON else ""
    return ". ".join(part for part in (ended, point.conclusion_text, why) if part)


def _points(minutes: MinutesData) -> list[str]:
    lines = []
    for point in minutes.points:
        if not point.says_something:
            continue
        lines.append(point.title)
        said = {
            _("%(name)s siger", name=minutes.person_first): point.person_says,
            _("Drøftet"): point.talked,
            _("Svar"): _answer(point),
            _("Konklusion"): _conclusion(point),
            _("Set anderledes"): point.seen_differently,
        }
        lines += [f"- {label}: {text}" for label, text in said.items() if text]
        lines.append("")
    return lines


def _agreements(plan: Mapping[str, Any]) -> list[str]:
    met = [action for action in plan["actions"] if action["is_live"]]
    lines = []
    for number, action in enumerate(met, start=1):
        due = calendar.day_with_year(action["due"]) if action["due"] else ""
        where = f", {action['where']}" if action["where"] else ""
        lines.append(f"{number}. {action['what']}")
        lines.append(_("   Ansvarlig: %(owner)s", owner=action["owner"] + where))
        lines.append(_("   Frist: %(day)s", day=due))
        if action["granted"]:
            lines.append(f"   {action['granted']}")
    return lines or [_("Ingen aftaler.")]


def _files(minutes: MinutesData) -> list[str]:
    """Return what was put beside the meeting: it is filed by who fetches it."""
    lines = [f"- {file.title} ({file.kind}, {file.by})" for file in minutes.files]
    return ["", _("Lagt ved mødet"), *lines] if lines else []


def _next(plan: Mapping[str, Any]) -> str:
    if plan["next"] is None:
        return str(_("Næste møde: ikke aftalt. %(why)s", why=plan["no_next"])).strip()
    return str(_("Næste møde: %(when)s", when=calendar.day_and_time(plan["next"]["starts"])))
