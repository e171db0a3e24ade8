"""Opening a case, and looking for a person by exact CPR number."""

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import service as accounts
from netmeet.cases import queries, rules
from netmeet.cases.forms import NewCaseForm, SearchForm, options
from netmeet.cases.service import network
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.access import STAFF
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.organisations import queries as organisations
from netmeet.web import guard
from netmeet.web.guard import needs


@bp.get("/cases/new")
@needs(P.CASE_OPEN)
def new() -> ResponseReturnValue:
    """Show the form for a new case."""
    return _page(_new_form(NewCaseForm(formdata=None)), SearchForm(formdata=None))


@bp.post("/cases/new")
@needs(P.CASE_OPEN)
def open_case() -> ResponseReturnValue:
    """Open the case and go on to who is to be in it."""
    form = _new_form(NewCaseForm())
    if not form.validate():
        return _page(form, SearchForm(formdata=None)), 422
    try:
        case = network.begin(_typed(form), by=guard.actor(), at=clock.now())
    except Refused as no:
        form.refuse(no)
        return _page(form, SearchForm(formdata=None)), 422
    guard.instead(P.CASE_OPEN, case)
    guard.note(P.PATIENT_CREATE, case)
    return redirect(url_for("cases.team", id=case.id), 303)


@bp.post("/cases/search")
@needs(P.PATIENT_SEARCH_EXACT_CPR)
def search() -> ResponseReturnValue:
    """Show own cases of exactly this number; a stranger's answer is the same as nobody's."""
    form = SearchForm()
    if not form.validate():
        return _page(_new_form(NewCaseForm(formdata=None)), form), 422
    actor = guard.actor()
    key = f"cpr:{actor.user_id}"
    if not accounts.count(key, most=rules.SEARCHES_AN_HOUR, within=rules.HOUR, at=actor.at):
        g.keep = True
        abort(429)
    person = queries.person_by_cpr(rules.plain_cpr(form.cpr.data or ""))
    wanted = person.id if person is not None else ""
    found = [case for case in queries.visible_to(actor) if case.person_id == wanted]
    sought = queries.sought(wanted)
    # The person reads who searched for them; the one who searches learns nothing by it.
    guard.instead(
        P.PATIENT_SEARCH_EXACT_CPR,
        sought,
        allowed=bool(found) or sought is None,
        reason=form.reason.data or "",
    )
    return _page(_new_form(NewCaseForm(formdata=None)), form, found=found)


def _page(form: NewCaseForm, search_form: SearchForm, *, found: object = None) -> str:
    return render_template("cases/new.html", form=form, search_form=search_form, found=found)


def _new_form(form: NewCaseForm) -> NewCaseForm:
    """Give the form the municipalities to choose from."""
    towns = organisations.municipalities(clock.today())
    form.municipality_id.choices = options(
        [
            ("", _("Vælg kommune")),
            *[(town.id, town.name) for town in towns],
        ]
    )
    return form


def _typed(form: NewCaseForm) -> network.NewCase:
    return network.NewCase(
        name=form.name.data or "",
        birth_date=form.birth_date.data,
        cpr=rules.plain_cpr(form.cpr.data or ""),
        email=form.email.data or "",
        phone=form.phone.data or "",
        address=form.address.data or "",
        interpreter=form.interpreter.data or "",
        is_protected=bool(form.is_protected.data),
        municipality_id=form.municipality_id.data or None,
    )


@bp.get("/cases/closed")
@needs(P.HOME_READ_OWN)
def closed() -> ResponseReturnValue:
    """List the closed cases that one is in, to read or to take up again."""
    who = guard.actor()
    if who.role not in STAFF:
        abort(404)
    found = queries.closed_of(who)
    for case in found:
        guard.note(P.PATIENT_LIST_MINE, case)
    return render_template("cases/closed.html", cases=found)
