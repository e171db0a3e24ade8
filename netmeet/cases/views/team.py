"""The network: who is in it, how they are reached, who coordinates, and personal links."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import queries, service
from netmeet.cases.exports import head, letter_link
from netmeet.cases.forms import ContactForm, HandOverForm, LinkForm, options
from netmeet.cases.service import grounds, network
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.organisations import queries as organisations
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case, TeamMember


@bp.get("/cases/<oid:id>/team")
@needs(P.NETWORK_READ_MEMBERS, load=queries.by_id, see=P.CASE_READ)
def team(case: "Case") -> ResponseReturnValue:
    """Show the network: to staff with sectors and contact, to the person and relatives by name."""
    if guard.actor().role in PRIVATE:
        return render_template("cases/network.html", members=case.members)
    return _team_page(case)


def _team_page(case: "Case", *, sent: str = "", refused: str = "") -> str:
    return render_template(
        "cases/team.html",
        case=case,
        case_head=head(case, current="cases.team"),
        sent=sent,
        refused=refused,
        towns={town.id: town.name for town in organisations.by_ids(grounds.towns_of(case))},
        may_coordinate=guard.allowed(P.NETWORK_SEND_PERSONAL_LINK, case),
        may_change=guard.allowed(P.CASE_UPDATE, case),
        sees_contact=guard.allowed(P.NETWORK_READ_MEMBER_CONTACT, case),
        may_hand_over=guard.allowed(P.CASE_HAND_OVER, case),
        may_add=guard.allowed(P.NETWORK_ADD_STAFF, case),
        may_add_private=guard.allowed(P.NETWORK_ADD_RELATIVE, case),
    )


@bp.get("/members/<oid:id>/contact")
@needs(P.CASE_UPDATE, load=queries.member_by_id, see=P.CASE_READ)
def contact(member: "TeamMember") -> ResponseReturnValue:
    """Show how a member is reached, to be changed."""
    form = ContactForm(
        formdata=None,
        version=member.version,
        is_contact=member.is_contact,
        reachable=member.reachable,
        stand_in=member.stand_in,
    )
    return _contact_page(member, form)


@bp.post("/members/<oid:id>/contact")
@needs(P.CASE_UPDATE, load=queries.member_by_id, see=P.CASE_READ)
def change_contact(member: "TeamMember") -> ResponseReturnValue:
    """Keep how a member is reached."""
    form = ContactForm()
    if not form.validate():
        return _contact_page(member, form), 422
    network.describe_contact(
        member,
        version=form.version.data or 0,
        # The page asks it of staff alone, who are the ones a side can be reached through.
        is_contact=member.role.is_staff and bool(form.is_contact.data),
        reachable=form.reachable.data or "",
        stand_in=form.stand_in.data or "",
    )
    return redirect(url_for("cases.team", id=member.case_id), 303)


def _contact_page(member: "TeamMember", form: ContactForm) -> str:
    return render_template(
        "cases/contact.html",
        member=member,
        form=form,
        case_head=head(member.case, current="cases.team"),
        may_coordinate=guard.allowed(P.NETWORK_SEND_PERSONAL_LINK, member),
    )


@bp.post("/members/<oid:id>/remove")
@needs(P.NETWORK_REMOVE_STAFF, load=queries.member_by_id, see=P.CASE_READ)
def remove_staff(member: "TeamMember") -> ResponseReturnValue:
    """End a colleague's place."""
    return _end(member)


@bp.post("/members/<oid:id>/remove-relative")
@needs(P.NETWORK_REMOVE_RELATIVE, load=queries.member_by_id, see=P.CASE_READ)
def remove_relative(member: "TeamMember") -> ResponseReturnValue:
    """End a relative's place."""
    return _end(member)


@bp.post("/members/<oid:id>/leave")
@needs(P.NETWORK_LEAVE, load=queries.member_by_id)
def leave(member: "TeamMember") -> ResponseReturnValue:
    """End one's own place."""
    service.leave(member.case, member, by=guard.actor(), at=clock.now())
    return redirect(url_for("pages.home"), 303)


def _end(member: "TeamMember") -> ResponseReturnValue:
    service.leave(member.case, member, by=guard.actor(), at=clock.now())
    if guard.actor().role in PRIVATE:
        return redirect(url_for("cases.consents"), 303)
    return redirect(url_for("cases.team", id=member.case_id), 303)


@bp.get("/cases/<oid:id>/coordinator")
@needs(P.CASE_HAND_OVER, load=queries.by_id, see=P.CASE_READ)
def coordinator(case: "Case") -> ResponseReturnValue:
    """Ask who is to coordinate from now on."""
    return _hand_over_page(case, _hand_over_form(case))


@bp.post("/cases/<oid:id>/coordinator")
@needs(P.CASE_HAND_OVER, load=queries.by_id, see=P.CASE_READ)
def hand_over(case: "Case") -> ResponseReturnValue:
    """Hand the case over to another coordinator."""
    form = _hand_over_form(case)
    if not form.validate():
        return _hand_over_page(case, form), 422
    new = next(m for m in case.members if m.id == form.to.data)
    reason = form.reason.data or ""
    guard.note(P.CASE_HAND_OVER, case, reason=reason)
    try:
        service.hand_over(case, to=new, by=guard.actor(), at=clock.now(), reason=reason)
    except Refused as no:
        form.refuse(no)
        return _hand_over_page(case, form), 422
    network.tell(new.user, case_id=case.id, about=f"{case.id}:{new.id}", at=clock.now())
    if guard.allowed(P.CASE_READ, case):
        return redirect(url_for("cases.team", id=case.id), 303)
    return redirect(url_for("pages.home"), 303)


def _hand_over_form(case: "Case") -> HandOverForm:
    form = HandOverForm()
    form.to.choices = options(
        [
            (m.id, f"{m.name}, {m.title or m.where}")
            for m in case.members
            if m.role.is_staff and not m.is_staff_guest and not m.is_coordinator
        ]
    )
    return form


def _hand_over_page(case: "Case", form: HandOverForm) -> str:
    knows = guard.allowed(P.CASE_READ, case)
    case_head = head(case, current="cases.team") if knows else None
    template = "cases/hand_over.html" if knows else "cases/hand_over_unit.html"
    return render_template(template, case=case, form=form, case_head=case_head)


@bp.post("/members/<oid:id>/link")
@needs(P.NETWORK_SEND_PERSONAL_LINK, load=queries.member_by_id, see=P.CASE_READ)
def send_personal_link(member: "TeamMember") -> ResponseReturnValue:
    """Send a personal link by mail, or show it as a letter to print."""
    form = LinkForm()
    if not form.validate():
        return redirect(url_for("cases.team", id=member.case_id), 303)
    try:
        if form.by.data == "letter":
            at, has_code = clock.now(), network.gets_letter_code(member)
            token = network.new_link(member.case, member, at=at)
            return _letter(member, token, network.letter_code(member, at=at) if has_code else "")
        network.send_link(member.case, member, at=clock.now())
    except Refused as no:
        return _team_page(member.case, refused=str(no)), 422
    said = _("%(name)s får en mail med et personligt link.", name=member.name)
    return _team_page(member.case, sent=said)


def _letter(member: "TeamMember", token: str, login_code: str) -> str:
    return render_template(
        "cases/letter.html",
        member=member,
        login_code=login_code,
        coordinator=member.case.coordinator,
        **letter_link(token),
        today=clock.today(),
        case_head=head(member.case, current="cases.team"),
    )
