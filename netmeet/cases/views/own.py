"""The person's own pages on who may see what, and what relatives tell."""

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import queries
from netmeet.cases.exports import head, permits
from netmeet.cases.forms import (
    PRIVATE_SCOPES,
    STAFF_SCOPES,
    ConsentForm,
    OwnRelativeForm,
    TellForm,
    options,
)
from netmeet.cases.rules import MemberRole
from netmeet.cases.service import Place, network, rights, words
from netmeet.cases.service.network import Newcomer
from netmeet.cases.views.adding import yes_of
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.access import STAFF, Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case, Consent, TeamMember


def own_case(_id: str) -> Any:
    """Return the case about the actor, or about whom they represent."""
    return queries.own(guard.actor())


@bp.get("/consents", defaults={"id": ""})
@needs(P.CONSENT_READ, load=own_case)
def consents(case: "Case") -> ResponseReturnValue:
    """Show the person who may see what, each with a way to change and to stop it."""
    at = guard.actor().at
    asked = request.args.get("stopped", "")
    ended = queries.consent_by_id(asked) if asked else None
    overview = permits.overview(case, at)
    coming = rights.ahead(case, at=at)
    return render_template(
        "cases/consents.html",
        case=case,
        overview=overview,
        coming=coming,
        to_invite=permits.to_invite(case, overview, coming),
        stopped=permits.stopped(case, ended, at=at),
        may_change=guard.may_after_step_up(P.CONSENT_GRANT, case),
        may_stop=guard.allowed(P.CONSENT_REVOKE, case),
    )


@bp.get("/consents/new", defaults={"id": ""})
@needs(P.NETWORK_ADD_RELATIVE, load=own_case, reads=P.NETWORK_READ_MEMBERS)
def new_relative(case: "Case") -> ResponseReturnValue:
    """Ask the person whom they want along, and what they may."""
    return render_template("cases/new_relative.html", case=case, form=OwnRelativeForm())


@bp.post("/consents/new", defaults={"id": ""})
@needs(P.CONSENT_GRANT, load=own_case, reads=P.NETWORK_READ_MEMBERS)
def add_own_relative(case: "Case") -> ResponseReturnValue:
    """Add whom the person wants along."""
    form = OwnRelativeForm()
    if not form.validate():
        return render_template("cases/new_relative.html", case=case, form=form), 422
    actor, at = guard.actor(), clock.now()
    guard.note(P.NETWORK_ADD_RELATIVE, case)
    who = Newcomer(
        name=form.name.data or "", email=form.email.data or "", phone=form.phone.data or ""
    )
    place = Place(role=MemberRole.RELATIVE, relation=form.relation.data or "")
    try:
        member = network.add_newcomer(case, who, place=place, at=at)
        network.agree(case, yes_of(form), by=actor, at=at, recipient_id=member.user_id)
    except Refused as no:
        form.refuse(no)
        return render_template("cases/new_relative.html", case=case, form=form), 422
    return redirect(url_for("cases.consents"), 303)


@bp.get("/permits/<oid:id>")
@needs(P.CONSENT_GRANT, load=queries.consent_by_id, see=P.CONSENT_READ)
def permit(consent: "Consent") -> ResponseReturnValue:
    """Show one recipient's permission, to be changed."""
    form = ConsentForm(
        formdata=None,
        scopes=[scope.value for scope in consent.scopes],
        limit="some" if consent.life_areas else "all",
        areas=sorted(consent.life_areas),
        months="12",
    )
    return _permit_page(consent, form)


@bp.post("/permits/<oid:id>")
@needs(P.CONSENT_GRANT, load=queries.consent_by_id, see=P.CONSENT_READ)
def change_permit(consent: "Consent") -> ResponseReturnValue:
    """Replace one recipient's permission by what is chosen now."""
    form = ConsentForm()
    if not form.validate():
        return _permit_page(consent, form), 422
    try:
        network.agree(
            consent.case,
            yes_of(form),
            by=guard.actor(),
            at=clock.now(),
            recipient_id=consent.recipient_id,
            organisation_id=consent.organisation_id,
        )
    except Refused as no:
        form.refuse(no)
        return _permit_page(consent, form), 422
    return redirect(url_for("cases.consents"), 303)


def _permit_page(consent: "Consent", form: ConsentForm) -> str:
    member = consent.case.member(consent.recipient_id or "")
    is_private = member is not None and not member.role.is_staff
    form.scopes.choices = options(PRIVATE_SCOPES if is_private else STAFF_SCOPES)
    shown = permits.permit(consent.case, consent, at=guard.actor().at)
    return render_template("cases/permit.html", case=consent.case, permit=shown, form=form)


@bp.get("/members/<oid:id>/permit")
@needs(P.CONSENT_GRANT, load=queries.member_by_id, see=P.CONSENT_READ)
def new_permit(member: "TeamMember") -> ResponseReturnValue:
    """Ask the person what somebody in the network may."""
    return _member_page(member, ConsentForm(formdata=None))


@bp.post("/members/<oid:id>/permit")
@needs(P.CONSENT_GRANT, load=queries.member_by_id, see=P.CONSENT_READ)
def grant_permit(member: "TeamMember") -> ResponseReturnValue:
    """Let somebody in the network see what is chosen."""
    form = ConsentForm()
    if not form.validate():
        return _member_page(member, form), 422
    try:
        network.agree(
            member.case,
            yes_of(form),
            by=guard.actor(),
            at=clock.now(),
            recipient_id=member.user_id,
        )
    except Refused as no:
        form.refuse(no)
        return _member_page(member, form), 422
    return redirect(url_for("cases.consents"), 303)


def _member_page(member: "TeamMember", form: ConsentForm) -> str:
    form.scopes.choices = options(STAFF_SCOPES if member.role.is_staff else PRIVATE_SCOPES)
    return render_template("cases/new_permit.html", member=member, form=form)


# what relatives tell ----------------------------------------------------------------------------


@bp.get("/cases/<oid:id>/tell")
@needs(P.RELATIVE_TELL_STAFF, load=queries.by_id, reads=P.RELATIVE_READ_TOLD)
def tell_staff(case: "Case") -> ResponseReturnValue:
    """Let a relative tell the staff something; the page names nobody."""
    return _tell_page(case, TellForm())


@bp.post("/cases/<oid:id>/tell")
@needs(P.RELATIVE_TELL_STAFF, load=queries.by_id, reads=P.RELATIVE_READ_TOLD)
def tell(case: "Case") -> ResponseReturnValue:
    """Keep what the relative tells."""
    form = TellForm()
    if not form.validate():
        return _tell_page(case, form), 422
    words.tell_staff(case, form.text.data or "", by=guard.actor(), at=clock.now())
    session["told_staff"] = True
    return redirect(url_for("cases.told", id=case.id), 303)


def _tell_page(case: "Case", form: TellForm) -> str:
    return render_template("cases/tell.html", case=case, form=form)


@bp.get("/cases/<oid:id>/told")
@needs(P.RELATIVE_READ_TOLD, load=queries.by_id)
def told(case: "Case") -> ResponseReturnValue:
    """Show what relatives told: to them their own, to the person and the coordinator all of it."""
    actor = guard.actor()
    if actor.role is Role.REL:
        mine = queries.told(case, author_id=actor.user_id)
        return render_template(
            "cases/told.html",
            told=mine,
            heading=_("Det har du fortalt"),
            back=url_for("pages.home"),
            is_sent=session.pop("told_staff", False),
        )
    everything = queries.told(case)
    if actor.role in STAFF:
        case_head = head(case, current="cases.team")
        return render_template("cases/told_to_staff.html", told=everything, case_head=case_head)
    heading = _("Det har andre sagt om dig")
    return render_template(
        "cases/told.html",
        told=everything,
        heading=heading,
        back=url_for("cases.consents"),
        is_sent=False,
    )
