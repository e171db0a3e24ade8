"""The big screen, the chair's own page, reading back, and the minutes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from netmeet.actions import exports as actions
from netmeet.cases import exports as cases
from netmeet.core import calendar, clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.formats import pdf
from netmeet.invitations.queries import written
from netmeet.meetings import exports as meetings
from netmeet.meetings.exports.questions import in_words
from netmeet.meetings.forms import minutes as forms
from netmeet.meetings.queries import files
from netmeet.meetings.queries import minutes as reading
from netmeet.pages.queries import room as queries
from netmeet.pages.views import bp
from netmeet.plans import exports as plans
from netmeet.plans import queries as plan_queries
from netmeet.web import guard
from netmeet.web.urls import wants_fragment

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting

_PRINT = ("css/tokens.css", "css/print.css")


@bp.get("/meetings/<oid:id>/room")
@guard.needs(P.ROOM_FOLLOW, load=reading.room, see=P.MEETING_READ, is_followed=True)
def room(meeting: "Meeting") -> ResponseReturnValue:
    """Show the current point: to steer, or to follow. An open screen asks again every two seconds.

    What is shown is always what everybody in the room may see.
    """
    if meeting.ended_at is not None and not wants_fragment():
        return redirect(url_for("pages.minutes", id=meeting.id), 303)
    may_steer = guard.allowed(P.ROOM_STEER, meeting)
    if meeting.started_at is None or meeting.ended_at is not None:
        return _not_on(meeting, may_steer=may_steer)
    parts = {
        "meeting": meeting,
        "screen": queries.screen(meeting, clock.now()),
        "person": meeting.case.person.user.first_name,
        "paused": meeting.is_paused,
        "may_steer": may_steer,
        "kept": request.args.get("kept", ""),
        "answers": forms.ANSWERS,
        "conclusions": forms.CONCLUSIONS,
        "committed": _committed,
        "lack_words": meetings.lack_words,
    }
    if wants_fragment():
        name = "pages/_room_live.html" if may_steer else "pages/_room_follow.html"
        answer = make_response(render_template(name, **parts))
        answer.add_etag()
        return answer.make_conditional(request)
    return render_template("pages/room.html" if may_steer else "pages/room_follow.html", **parts)


def _not_on(meeting: "Meeting", *, may_steer: bool) -> ResponseReturnValue:
    """Show who is here before the screen is shared; to who waits, that it is soon or is over."""
    if may_steer and not wants_fragment():
        return render_template(
            "meetings/room_start.html",
            meeting=meeting,
            people=reading.people(meeting),
            missed="",
            refused="",
            paused=False,
        )
    name = "pages/_room_wait.html" if wants_fragment() else "pages/room_wait.html"
    answer = make_response(render_template(name, meeting=meeting, paused=False))
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/meetings/<oid:id>/read-back")
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def read_back(meeting: "Meeting") -> ResponseReturnValue:
    """Read one agreement aloud and ask whether it is written right; then on to the end."""
    if meeting.ended_at is not None:
        return redirect(url_for("pages.minutes", id=meeting.id), 303)
    if meeting.started_at is None:
        return redirect(url_for("pages.room", id=meeting.id), 303)
    agreed, number, total = queries.to_read_back(meeting, clock.now())
    if agreed is None:
        return redirect(url_for("meetings.room_end", id=meeting.id), 303)
    return render_template(
        "pages/room_read_back.html",
        meeting=meeting,
        agreed=agreed,
        committed=_committed,
        number=number,
        total=total,
        paused=meeting.is_paused,
    )


@bp.get("/meetings/<oid:id>/chair")
@guard.needs(P.PREPARATION_READ_NOT_TO_DISCUSS, load=reading.room, see=P.MEETING_READ)
def chair(meeting: "Meeting") -> ResponseReturnValue:
    """Show what is for the chair's own eyes, on a phone or on paper."""
    seen = queries.for_chair(meeting, clock.now())
    return render_template(
        "pages/chair.html",
        case_head=cases.head(meeting.case, current=""),
        meeting=meeting,
        person=meeting.case.person.user.first_name,
        chair=seen,
        not_to_talk=in_words(seen.not_to_talk),
        points=reading.points(meeting),
        wrote=written.beforehand(meeting, reader=guard.actor()),
        people=reading.people(meeting),
        may_record=guard.allowed(P.ATTENDANCE_RECORD, meeting),
    )


@bp.get("/meetings/<oid:id>/minutes")
@guard.needs(P.MINUTES_READ_PUBLISHED, load=reading.room, see=P.MEETING_READ)
def minutes(meeting: "Meeting") -> ResponseReturnValue:
    """Show the minutes as this reader may see them; who writes them can do so here."""
    _hide_draft(meeting)
    if meeting.published_at is None:
        guard.instead(P.MINUTES_READ_DRAFT, meeting)
    is_private = guard.actor().role in PRIVATE
    may_write = meeting.published_at is None and guard.allowed(P.MINUTES_WRITE_DRAFT, meeting)
    return render_template(
        "pages/minutes_person.html" if is_private else "pages/minutes.html",
        case_head=None if is_private else cases.head(meeting.case, current=""),
        meeting=meeting,
        minutes=_data(meeting),
        wrote=written.beforehand(meeting, reader=guard.actor()),
        agreed=queries.agreed_for(meeting, reader=guard.actor()),
        committed=_committed,
        beside=_beside(meeting),
        is_paper=False,
        may_answer_contested=guard.allowed(P.LINE_ANSWER_CONTEST, meeting),
        items={item.id: item for item in reading.points(meeting)} if may_write else {},
        written={item.id: reading.written(item) for item in reading.points(meeting)},
        answers=forms.ANSWERS,
        conclusions=forms.CONCLUSIONS,
        lack_words=meetings.lack_words,
        say=forms.Say(),
        journalised=[] if is_private else reading.journalised(meeting.id),
        may_say=_may_say(meeting),
        may_disagree=guard.allowed(P.MINUTES_DISAGREE_COMMENT, meeting),
        may_tick=not is_private and guard.allowed(P.MINUTES_TICK_JOURNALISED, meeting),
        may_print=guard.allowed(P.MINUTES_EXPORT_PDF, meeting),
        may_send=guard.may_after_step_up(P.MINUTES_PUBLISH, meeting),
        may_correct=guard.may_after_step_up(P.MINUTES_AMEND_NEW_VERSION, meeting),
    )


@bp.get("/meetings/<oid:id>/minutes.pdf")
@guard.needs(P.MINUTES_EXPORT_PDF, load=reading.room, see=P.MEETING_READ)
def minutes_pdf(meeting: "Meeting") -> ResponseReturnValue:
    """Return the same minutes on paper (PDF/UA-1)."""
    _hide_draft(meeting)
    lang = str(get_locale())
    html = render_template(
        "pages/minutes_print.html",
        minutes=_data(meeting, is_paper=True),
        wrote=written.beforehand(meeting, reader=guard.actor()),
        agreed=queries.agreed_for(meeting, reader=guard.actor()),
        committed=_committed,
        beside=_beside(meeting),
        is_paper=True,
        may_answer_contested=False,
        printed_on=clock.today(),
        lang=lang,
    )
    queries.let_go()
    guard.count_paper()
    folder = Path(current_app.static_folder or "")
    sheets = [(folder / name).read_text(encoding="utf-8") for name in _PRINT]
    body = pdf.render(html, css=sheets, title=_("Referat"), lang=lang)
    answer = make_response(body)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = 'inline; filename="referat.pdf"'
    return answer


def _beside(meeting: "Meeting") -> Callable[..., list[dict[str, Any]]]:
    """Return what gives a line of the minutes the person's word that it is wrong."""
    contested = plan_queries.contested_of(meeting.case)
    to_person = plan_queries.is_on_persons_side(guard.actor())
    return partial(plans.said_of, contested, to_person=to_person)


def _committed(one: queries.Agreed) -> str:
    """Return whether the one who must has said yes to an agreement, in a sentence."""
    return actions.committed(one.commitment, one.party, on=one.answered_on)


def _data(meeting: "Meeting", *, is_paper: bool = False) -> meetings.MinutesData:
    said = reading.statements(meeting.id) if meeting.published_at is not None else ()
    return meetings.minutes_data(
        meeting,
        reader=guard.actor(),
        statements=said,
        files=files.of_meetings([meeting]),
        corrections=reading.corrections(meeting),
        is_paper=is_paper,
    )


def _hide_draft(meeting: "Meeting") -> None:
    """Answer 404 for a draft to who may only read what is published."""
    if meeting.published_at is None and not guard.allowed(P.MINUTES_READ_DRAFT, meeting):
        guard.hide()


def _may_say(meeting: "Meeting") -> bool:
    """Tell whether the reader may add words now: published, and the time for it not over."""
    until = meeting.comments_until
    today = calendar.to_local(clock.now()).date()
    in_time = meeting.published_at is not None and (until is None or today <= until)
    return in_time and guard.allowed(P.MINUTES_ADD_OWN_STATEMENT, meeting)
