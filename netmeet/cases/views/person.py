"""The person's own data: how they are reached, and the number that is shown on demand only."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from netmeet.accounts.service.contact import Contact, is_other_email
from netmeet.cases import queries
from netmeet.cases.exports import head
from netmeet.cases.forms import PersonForm
from netmeet.cases.service import person as service
from netmeet.cases.views.blueprint import bp
from netmeet.core.access import Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.outbox.rules import Channel
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case

_OWN = frozenset({Role.PAT, Role.PROX})


@bp.get("/cases/<oid:id>/person")
@needs(P.PATIENT_READ_CONTACT, load=queries.by_id, see=P.CASE_READ)
def person(case: "Case") -> ResponseReturnValue:
    """Show how the person is reached, to be changed by who may."""
    return _page(case, _filled(case))


@bp.post("/cases/<oid:id>/person")
@needs(P.PATIENT_UPDATE_CONTACT, load=queries.by_id, see=P.PATIENT_READ_CONTACT)
def change_person(case: "Case") -> ResponseReturnValue:
    """Keep how the person is reached."""
    form = PersonForm()
    if not form.validate():
        return _page(case, form), 422
    typed = _typed(form)
    elsewhere = is_other_email(case.person.user, typed.contact.email)
    if elsewhere and (way := guard.prove_first()):
        return way
    version, at = form.version.data or 0, guard.actor().at
    try:
        service.describe(case, typed, rights=_rights(case), version=version, at=at)
    except Refused as no:
        form.refuse(no)
        return _page(case, form), 422
    session["person_saved"] = True
    return redirect(url_for("cases.person", id=case.id), 303)


@bp.post("/cases/<oid:id>/cpr")
@needs(P.PATIENT_REVEAL_CPR, load=queries.by_id, see=P.PATIENT_READ_CONTACT)
def reveal_cpr(case: "Case") -> ResponseReturnValue:
    """Show the whole CPR number, once, on a page of its own; each look stands in the log."""
    cpr = case.person.cpr
    return _page(case, _filled(case), cpr=f"{cpr[:6]}-{cpr[6:]}" if cpr else "")


def _rights(case: "Case") -> service.Rights:
    role = guard.actor().role_on(case)
    return service.Rights(sees_all=role in _OWN, may_unprotect=role in _OWN | {Role.LEAD})


def _filled(case: "Case") -> PersonForm:
    """Return the form with what stands there; what is protected is not in the page."""
    user, is_hidden = case.person.user, _is_hidden(case)
    return PersonForm(
        formdata=None,
        version=service.version_of(case),
        name=user.name,
        email=user.email,
        phone="" if is_hidden else user.phone,
        address="" if is_hidden else user.address,
        is_protected=case.person.is_protected,
        interpreter=case.person.interpreter,
        channel=user.channel.value,
    )


def _is_hidden(case: "Case") -> bool:
    return case.person.is_protected and not _rights(case).sees_all


def _typed(form: PersonForm) -> service.Details:
    return service.Details(
        contact=Contact(
            name=form.name.data or "",
            email=form.email.data or "",
            phone=form.phone.data or "",
            address=form.address.data or "",
            channel=Channel(form.channel.data),
        ),
        interpreter=form.interpreter.data or "",
        is_protected=bool(form.is_protected.data),
    )


def _page(case: "Case", form: PersonForm, *, cpr: str = "") -> str:
    is_own = _rights(case).sees_all
    return render_template(
        "cases/person_own.html" if is_own else "cases/person.html",
        case=case,
        case_head=None if is_own else head(case, current="cases.person"),
        form=form,
        cpr=cpr,
        is_hidden=_is_hidden(case),
        is_saved=session.pop("person_saved", False),
        may_change=guard.allowed(P.PATIENT_UPDATE_CONTACT, case),
        may_reveal=guard.may_after_step_up(P.PATIENT_REVEAL_CPR, case),
    )
