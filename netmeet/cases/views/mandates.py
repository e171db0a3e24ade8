"""Who may act for the person, as staff of the case see and record it."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import queries
from netmeet.cases.exports import head, permits
from netmeet.cases.forms import MandateForm, options
from netmeet.cases.rules import MandateScope, RepresentationKind
from netmeet.cases.service import mandates as service
from netmeet.cases.service.network import Newcomer
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case, Representation

_NEAR = frozenset({Role.REL, Role.PROX})


@bp.get("/cases/<oid:id>/mandates")
@needs(P.LEGAL_BASIS_READ, load=queries.by_id, see=P.CASE_READ)
def mandates(case: "Case") -> ResponseReturnValue:
    """Show who may act for the person, by what and until when."""
    overview = permits.overview(case, guard.actor().at)
    return render_template(
        "cases/mandates.html",
        case=case,
        case_head=head(case, current="cases.case_consents"),
        overview=overview,
        may_record=guard.may_after_step_up(P.LEGAL_BASIS_RECORD, case),
    )


@bp.get("/cases/<oid:id>/mandates/new")
@needs(P.LEGAL_BASIS_RECORD, load=queries.by_id, see=P.LEGAL_BASIS_READ)
def new_mandate(case: "Case") -> ResponseReturnValue:
    """Ask who may act for the person, and on what paper."""
    return _page(case, _form(case))


@bp.post("/cases/<oid:id>/mandates/new")
@needs(P.LEGAL_BASIS_RECORD, load=queries.by_id, see=P.LEGAL_BASIS_READ)
def record_mandate(case: "Case") -> ResponseReturnValue:
    """Let somebody act for the person."""
    form = _form(case)
    if not form.validate():
        return _page(case, form), 422
    known = case.member(form.who.data or "")
    who = known or Newcomer(
        name=form.name.data or "", email=form.email.data or "", phone=form.phone.data or ""
    )
    kind = RepresentationKind(form.kind.data)
    mandate = service.Mandate(
        kind=kind,
        scopes={MandateScope(word) for word in form.scopes.data or []},
        document=form.document.data or "",
        valid_to=form.valid_to.data,
        is_apart=kind is RepresentationKind.CUSTODY_HOLDER and form.is_apart.data != "yes",
    )
    relation = form.relation.data or ""
    try:
        service.record(case, who, mandate, by=guard.actor(), at=clock.now(), relation=relation)
    except Refused as no:
        form.refuse(no)
        return _page(case, form), 422
    return redirect(url_for("cases.mandates", id=case.id), 303)


@bp.post("/mandates/<oid:id>/end")
@needs(P.LEGAL_BASIS_RECORD, load=queries.mandate_by_id, see=P.LEGAL_BASIS_READ)
def end_mandate(mandate: "Representation") -> ResponseReturnValue:
    """End a mandate, in force from the next request."""
    service.end(mandate, by=guard.actor(), at=clock.now())
    return redirect(url_for("cases.mandates", id=mandate.case_id), 303)


def _form(case: "Case") -> MandateForm:
    form = MandateForm()
    near = [member for member in case.members if member.role.access in _NEAR]
    form.who.choices = options(
        [("", _("En, der ikke er med endnu")), *[(one.user_id, one.name) for one in near]]
    )
    return form


def _page(case: "Case", form: MandateForm) -> str:
    case_head = head(case, current="cases.case_consents")
    return render_template("cases/new_mandate.html", case=case, case_head=case_head, form=form)
