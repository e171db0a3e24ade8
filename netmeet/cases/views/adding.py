"""Adding people to the network, each with the consent it rests on in the same form."""

from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import queries
from netmeet.cases.exports import head
from netmeet.cases.forms import (
    ColleagueForm,
    ConsentForm,
    GuestForm,
    PlainColleagueForm,
    RecordedConsentForm,
    RelativeForm,
    options,
)
from netmeet.cases.queries import Candidate
from netmeet.cases.rules import ConsentHow, Direction, MemberRole, Scope
from netmeet.cases.service import Place, network
from netmeet.cases.service.network import Newcomer, Yes
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.organisations import queries as organisations
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.accounts.models import UnitRole
    from netmeet.cases.models import Case


def yes_of(form: ConsentForm, *, also: Scope | None = None) -> Yes:
    """Return what was said yes to; ``also`` is what this recipient cannot do without."""
    chosen = {Scope(word) for word in form.scopes.data or []}
    if chosen and also is not None:
        chosen.add(also)
    recorded = form if isinstance(form, RecordedConsentForm) else None
    return Yes(
        scopes=chosen,
        months=int(form.months.data),
        life_areas=form.life_areas(),
        how=ConsentHow(recorded.how.data) if recorded else ConsentHow.DIGITAL,
        asked_alone=recorded is not None and recorded.asked_alone.data == "yes",
        direction=Direction(recorded.direction.data) if recorded else Direction.DISCLOSE,
        purpose=(recorded.purpose.data or "") if recorded else _("Netværksmøder og fælles plan"),
        given_by=list(recorded.givers.data or []) if recorded else (),
        not_covered=(recorded.not_covered.data or "") if recorded else "",
        explained=(recorded.explained.data or "") if recorded else "",
        childs_view=(recorded.childs_view.data or "") if recorded else "",
    )


def ask_who_gave(form: RecordedConsentForm, case: "Case") -> None:
    """Let the form offer the person and who decides for the person, when there are several."""
    at = guard.actor().at
    holders = [r for r in case.representations if r.covers_personal and r.decides(at)]
    if holders:
        names = [(case.person.user_id, case.person.name)]
        names += [(held.user_id, held.user.name) for held in holders]
        form.givers.choices = options(names)


# colleagues of the directory --------------------------------------------------------------------


@bp.get("/cases/<oid:id>/team/colleague")
@needs(P.NETWORK_ADD_STAFF, load=queries.by_id, see=P.NETWORK_READ_MEMBERS)
def colleague(case: "Case") -> ResponseReturnValue:
    """Choose an organisation, then a colleague, then say what the addition rests on."""
    chosen = queries.colleague(request.args.get("who", ""), guard.actor().at)
    if chosen is None:
        return _directory_page(case)
    form = _colleague_form(chosen)
    form.who.data = chosen.id
    return _colleague_page(case, chosen, form)


@bp.post("/cases/<oid:id>/team/colleague")
@needs(P.NETWORK_ADD_STAFF, load=queries.by_id, see=P.NETWORK_READ_MEMBERS)
def add_colleague(case: "Case") -> ResponseReturnValue:
    """Add a colleague on a consent or a law that holds already."""
    form = PlainColleagueForm()
    chosen = queries.colleague(form.who.data or "", guard.actor().at)
    if chosen is None or not form.validate():
        return _directory_page(case), 422
    if not guard.allowed(P.NETWORK_ADD_STAFF, _candidate(case, chosen)):
        abort(403)
    try:
        network.add_colleague(case, chosen, at=clock.now())
    except Refused as no:
        return _directory_page(case, refused=str(no)), 422
    return redirect(url_for("cases.team", id=case.id), 303)


@bp.post("/cases/<oid:id>/team/colleague/consent")
@needs(P.CONSENT_GRANT, load=queries.by_id, see=P.NETWORK_READ_MEMBERS)
def add_colleague_with_consent(case: "Case") -> ResponseReturnValue:
    """Record the person's yes and add the colleague it is for."""
    chosen = queries.colleague(request.form.get("who", ""), guard.actor().at)
    if chosen is None or chosen.unit is None:
        return _directory_page(case), 422
    form = _colleague_form(chosen)
    if not form.validate():
        return _colleague_page(case, chosen, form), 422
    to_all = form.reach.data == "organisation"
    recipient = {"organisation_id": chosen.unit.organisation_id} if to_all else {}
    try:
        network.agree(
            case,
            yes_of(form, also=Scope.NETWORK),
            by=guard.actor(),
            at=guard.actor().at,
            **(recipient or {"recipient_id": chosen.user_id}),
        )
        _check(P.NETWORK_ADD_STAFF, _candidate(case, chosen))
        network.add_colleague(case, chosen, at=clock.now())
    except Refused as no:
        form.refuse(no)
        return _colleague_page(case, chosen, form), 422
    return redirect(url_for("cases.team", id=case.id), 303)


def _check(permission: P, candidate: Candidate) -> None:
    """Log the second operation of the request; refuse when the yes given does not cover it."""
    if not guard.allowed(permission, candidate):
        raise Refused(
            _("Sæt kryds ved, at de må komme med til mødet. Ellers kan du ikke tilføje dem."),
            field="scopes",
        )
    guard.note(permission, candidate.case)


def _candidate(case: "Case", chosen: "UnitRole") -> Candidate:
    ours = chosen.unit.organisation_id if chosen.unit is not None else None
    return Candidate(case=case, recipient_id=chosen.user_id, organisation_id=ours)


def _colleague_form(chosen: "UnitRole") -> ColleagueForm:
    form = ColleagueForm()
    where = chosen.unit.organisation.name if chosen.unit is not None else ""
    form.reach.choices = options(
        [
            ("person", _("Kun %(name)s", name=chosen.user.name)),
            ("organisation", _("Alle fra %(where)s, der er med i netværket", where=where)),
        ]
    )
    return form


def _colleague_page(case: "Case", chosen: "UnitRole", form: ColleagueForm) -> str:
    return render_template(
        "cases/colleague.html",
        case=case,
        case_head=head(case, current="cases.team"),
        chosen=chosen,
        form=form,
        rests=guard.allowed(P.NETWORK_ADD_STAFF, _candidate(case, chosen)),
        may_record=guard.may_after_step_up(P.CONSENT_GRANT, case),
    )


def _directory_page(case: "Case", *, refused: str = "") -> str:
    today, chosen = clock.today(), request.args.get("organisation", "")
    return render_template(
        "cases/directory.html",
        case=case,
        case_head=head(case, current="cases.team"),
        organisations=organisations.organisations(today),
        chosen=chosen,
        found=queries.directory(case, chosen, guard.actor().at) if chosen else [],
        refused=refused,
    )


# guests and private people ----------------------------------------------------------------------


@bp.get("/cases/<oid:id>/team/guest")
@needs(P.NETWORK_ADD_STAFF, load=queries.by_id, see=P.NETWORK_READ_MEMBERS)
def guest(case: "Case") -> ResponseReturnValue:
    """Ask who the staff guest is, and what the person says yes to."""
    return _guest_page(case, _guest_form())


@bp.post("/cases/<oid:id>/team/guest")
@needs(P.CONSENT_GRANT, load=queries.by_id, see=P.NETWORK_READ_MEMBERS)
def add_guest(case: "Case") -> ResponseReturnValue:
    """Add somebody of an organisation that is not on netmeet yet (``security.md`` § 2.1)."""
    form = _guest_form()
    if not form.validate():
        return _guest_page(case, form), 422
    place = Place(
        role=MemberRole(form.role.data),
        organisation_id=form.organisation_id.data or None,
        title=form.title.data or "",
        place=form.place.data or "",
        is_staff_guest=True,
    )
    try:
        _join(case, form, place=place, permission=P.INVITATION_ADD_STAFF_GUEST, also=Scope.NETWORK)
    except Refused as no:
        form.refuse(no)
        return _guest_page(case, form), 422
    return redirect(url_for("cases.team", id=case.id), 303)


@bp.get("/cases/<oid:id>/team/relative")
@needs(P.NETWORK_ADD_RELATIVE, load=queries.by_id, see=P.NETWORK_READ_MEMBERS)
def relative(case: "Case") -> ResponseReturnValue:
    """Ask who the relative or helper is, and what the person says yes to."""
    form = RelativeForm()
    form.role.data = request.args.get("role", MemberRole.RELATIVE.value)
    return _relative_page(case, form)


@bp.post("/cases/<oid:id>/team/relative")
@needs(P.CONSENT_GRANT, load=queries.by_id, see=P.NETWORK_READ_MEMBERS)
def add_relative(case: "Case") -> ResponseReturnValue:
    """Add a relative, helper, interpreter or other guest with what the person says yes to."""
    form = RelativeForm()
    if not form.validate():
        return _relative_page(case, form), 422
    role = MemberRole(form.role.data)
    place = Place(role=role, relation=form.relation.data or "")
    try:
        _join(case, form, place=place, permission=P.NETWORK_ADD_RELATIVE)
    except Refused as no:
        form.refuse(no)
        return _relative_page(case, form), 422
    return redirect(url_for("cases.team", id=case.id), 303)


def _join(
    case: "Case", form: Any, *, place: Place, permission: P, also: Scope | None = None
) -> None:
    """Add the newcomer and record the yes; the yes decides whether the addition stands.

    It holds from the instant of the request, at which the rules judge it.
    """
    phone = form.phone.data if "phone" in form else ""
    who = Newcomer(name=form.name.data, email=form.email.data or "", phone=phone or "")
    at = guard.actor().at
    member = network.add_newcomer(case, who, place=place, at=at)
    yes = yes_of(form, also=also)
    network.agree(case, yes, by=guard.actor(), at=at, recipient_id=member.user_id)
    _check(permission, Candidate(case=case, recipient_id=member.user_id, organisation_id=None))


def _guest_form() -> GuestForm:
    form = GuestForm()
    form.organisation_id.choices = options(
        [
            ("", _("Står ikke på listen")),
            *[(o.id, o.name) for o in organisations.organisations(clock.today())],
        ]
    )
    return form


def _guest_page(case: "Case", form: GuestForm) -> str:
    case_head = head(case, current="cases.team")
    return render_template("cases/guest.html", case=case, case_head=case_head, form=form)


def _relative_page(case: "Case", form: RelativeForm) -> str:
    case_head = head(case, current="cases.team")
    return render_template("cases/relative.html", case=case, case_head=case_head, form=form)
