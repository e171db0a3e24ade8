"""Who may see what, as staff of the case see and record it."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import queries, service
from netmeet.cases.exports import head, permits
from netmeet.cases.forms import ForSomebodyForm, LawForm, options
from netmeet.cases.rules import ConsentHow, Scope, consents_alone
from netmeet.cases.service import network, rights
from netmeet.cases.views.adding import ask_who_gave, yes_of
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.access import PRIVATE, STAFF
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.organisations import queries as organisations
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case, Consent, LegalBasis


@bp.get("/cases/<oid:id>/consents")
@needs(P.CONSENT_READ, load=queries.by_id, see=P.CASE_READ)
def case_consents(case: "Case") -> ResponseReturnValue:
    """Show to staff what holds; to a relative only what is about them."""
    actor = guard.actor()
    overview = permits.overview(case, actor.at)
    if actor.role in PRIVATE:
        mine = [p for p in overview.permits if p.consent.recipient_id == actor.user_id]
        return render_template("cases/own_consent.html", case=case, mine=mine)
    return render_template(
        "cases/case_consents.html",
        case=case,
        case_head=head(case, current="cases.case_consents"),
        overview=overview,
        may_record=guard.may_after_step_up(P.CONSENT_GRANT, case),
        may_withdraw=guard.allowed(P.CONSENT_REVOKE, case),
        may_preview=guard.allowed(P.PLAN_APPROVE, case),
        may_record_law=guard.may_after_step_up(P.LEGAL_BASIS_RECORD, case),
        reads_law=guard.allowed(P.LEGAL_BASIS_READ, case),
    )


@bp.get("/cases/<oid:id>/consents/new")
@needs(P.CONSENT_GRANT, load=queries.by_id, see=P.CONSENT_READ)
def new_consent(case: "Case") -> ResponseReturnValue:
    """Ask what the person says yes to, in their own words' order."""
    return _consent_page(case, _consent_form(case))


@bp.post("/cases/<oid:id>/consents/new")
@needs(P.CONSENT_GRANT, load=queries.by_id, see=P.CONSENT_READ)
def record_consent(case: "Case") -> ResponseReturnValue:
    """Record a yes that the person gave to the coordinator."""
    form = _consent_form(case)
    if not form.validate():
        return _consent_page(case, form), 422
    kind, _sep, who = form.recipient.data.partition(":")
    recipient = {"organisation_id": who} if kind == "organisation" else {"recipient_id": who}
    try:
        network.agree(case, yes_of(form), by=guard.actor(), at=clock.now(), **recipient)
    except Refused as no:
        form.refuse(no)
        return _consent_page(case, form), 422
    return redirect(url_for("cases.case_consents", id=case.id), 303)


def _consent_form(case: "Case") -> ForSomebodyForm:
    form = ForSomebodyForm()
    ask_who_gave(form, case)
    others = [m for m in case.members if m.user_id != case.person.user_id]
    places = {m.organisation_id: m.organisation.name for m in others if m.organisation}
    form.recipient.choices = options(
        [
            ("", _("Vælg")),
            *[(f"person:{m.user_id}", f"{m.name}, {permits.what_they_are(m)}") for m in others],
            *[
                (f"organisation:{key}", _("Alle fra %(name)s, der er med", name=name))
                for key, name in places.items()
            ],
        ]
    )
    return form


def _consent_page(case: "Case", form: ForSomebodyForm) -> str:
    return render_template(
        "cases/record_consent.html",
        case=case,
        case_head=head(case, current="cases.case_consents"),
        form=form,
        is_child=_is_child(case),
    )


def _is_child(case: "Case") -> bool:
    """Tell whether who has custody consents, and the child's own view is written beside it."""
    born_on = case.person.born_on
    return born_on is not None and not consents_alone(born_on, clock.today())


@bp.get("/cases/<oid:id>/law")
@needs(P.LEGAL_BASIS_RECORD, load=queries.by_id, see=P.LEGAL_BASIS_READ)
def new_law(case: "Case") -> ResponseReturnValue:
    """Ask by which law somebody reads without a yes, and why it is necessary."""
    return _law_page(case, _law_form())


@bp.post("/cases/<oid:id>/law")
@needs(P.LEGAL_BASIS_RECORD, load=queries.by_id, see=P.LEGAL_BASIS_READ)
def record_law(case: "Case") -> ResponseReturnValue:
    """Record a legal basis."""
    form = _law_form()
    if not form.validate():
        return _law_page(case, form), 422
    try:
        network.record_law(
            case,
            by=guard.actor(),
            at=clock.now(),
            organisation_id=form.organisation_id.data,
            paragraph=form.paragraph.data,
            scopes={Scope(word) for word in form.scopes.data or []},
            necessity=form.necessity.data or "",
            valid_to=form.valid_to.data,
        )
    except Refused as no:
        form.refuse(no)
        return _law_page(case, form), 422
    return redirect(url_for("cases.case_consents", id=case.id), 303)


@bp.post("/laws/<oid:id>/end")
@needs(P.LEGAL_BASIS_RECORD, load=queries.legal_basis_by_id, see=P.LEGAL_BASIS_READ)
def end_law(basis: "LegalBasis") -> ResponseReturnValue:
    """End a legal basis."""
    network.end_law(basis, at=clock.now())
    return redirect(url_for("cases.case_consents", id=basis.case_id), 303)


@bp.post("/laws/<oid:id>/told")
@needs(P.LEGAL_BASIS_RECORD, load=queries.legal_basis_by_id, see=P.LEGAL_BASIS_READ)
def told_of_law(basis: "LegalBasis") -> ResponseReturnValue:
    """Note that somebody has told the person what is shared by law."""
    network.has_been_told(basis, by=guard.actor(), at=clock.now())
    return redirect(url_for("cases.case_consents", id=basis.case_id), 303)


def _law_form() -> LawForm:
    form = LawForm()
    form.paragraph.choices = options([(one.code, one.name) for one in queries.laws(clock.today())])
    form.organisation_id.choices = options(
        [
            ("", _("Vælg organisation")),
            *[(o.id, o.name) for o in organisations.organisations(clock.today())],
        ]
    )
    return form


def _law_page(case: "Case", form: LawForm) -> str:
    case_head = head(case, current="cases.case_consents")
    return render_template("cases/law.html", case=case, case_head=case_head, form=form)


@bp.get("/permits/<oid:id>/stop")
@needs(P.CONSENT_REVOKE, load=queries.consent_by_id, see=P.CASE_READ)
def ask_to_stop(consent: "Consent") -> ResponseReturnValue:
    """Ask once whether to stop, and say what cannot be called back."""
    permit = permits.permit(consent.case, consent, at=guard.actor().at)
    stays = permits.still_sees(consent.case, consent, at=guard.actor().at)
    if guard.actor().role in STAFF:
        case_head = head(consent.case, current="cases.case_consents")
        return render_template(
            "cases/withdraw.html", permit=permit, case_head=case_head, stays=stays
        )
    follows = rights.what_follows(consent.case, consent, at=guard.actor().at)
    return render_template(
        "cases/stop.html", permit=permit, is_mine=_is_mine(consent), follows=follows, stays=stays
    )


@bp.post("/permits/<oid:id>/stop")
@needs(P.CONSENT_REVOKE, load=queries.consent_by_id, see=P.CASE_READ)
def stop(consent: "Consent") -> ResponseReturnValue:
    """Take a consent back, in force from the next request."""
    is_staff = guard.actor().role in STAFF
    how = ConsentHow.ORAL if is_staff else ConsentHow.DIGITAL
    service.withdraw_consent(consent.case, consent, by=guard.actor(), at=clock.now(), how=how)
    if is_staff:
        return redirect(url_for("cases.case_consents", id=consent.case_id), 303)
    if _is_mine(consent):
        return redirect(url_for("pages.home"), 303)
    return redirect(url_for("cases.consents", stopped=consent.id), 303)


@bp.post("/permits/<oid:id>/assent")
@needs(P.CONSENT_GRANT, load=queries.consent_by_id, see=P.CONSENT_READ)
def say_yes_too(consent: "Consent") -> ResponseReturnValue:
    """Add the yes of the other one who has custody: their own, or told to the coordinator."""
    who = guard.actor()
    is_staff = who.role in STAFF
    rights.assent(
        consent,
        of=request.form.get("of", "") if is_staff else who.user_id,
        by=who,
        at=clock.now(),
        how=ConsentHow.ORAL if is_staff else ConsentHow.DIGITAL,
    )
    if is_staff:
        return redirect(url_for("cases.case_consents", id=consent.case_id), 303)
    return redirect(url_for("cases.consents"), 303)


def _is_mine(consent: "Consent") -> bool:
    """Tell whether the actor is the recipient, who gives the permission back."""
    return consent.recipient_id == guard.actor().user_id
