"""What a case rests on: its municipalities, and what a court has decided."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import queries
from netmeet.cases.exports import head
from netmeet.cases.forms import options
from netmeet.cases.forms.grounds import OrderForm, TownsForm
from netmeet.cases.service import grounds
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.organisations import queries as organisations
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case


@bp.get("/cases/<oid:id>/municipalities")
@needs(P.CASE_UPDATE, load=queries.by_id, see=P.CASE_READ)
def towns(case: "Case") -> ResponseReturnValue:
    """Show which municipalities the case lies with, to be changed."""
    form = TownsForm(
        formdata=None,
        version=case.version,
        municipality_id=case.municipality_id or "",
        paying_id=case.paying_id or "",
        home_id=case.home_id or "",
    )
    return _towns_page(case, _with_names(form, _names(case)))


@bp.post("/cases/<oid:id>/municipalities")
@needs(P.CASE_UPDATE, load=queries.by_id, see=P.CASE_READ)
def set_towns(case: "Case") -> ResponseReturnValue:
    """Keep which municipalities the case lies with."""
    names = _names(case)
    form = _with_names(TownsForm(), names)
    if not form.validate():
        return _towns_page(case, form), 422
    grounds.set_towns(
        case,
        grounds.Towns(
            municipality_id=form.municipality_id.data or None,
            paying_id=form.paying_id.data or None,
            home_id=form.home_id.data or None,
        ),
        names=names,
        version=form.version.data or 0,
        at=clock.now(),
    )
    return redirect(url_for("cases.team", id=case.id), 303)


def _names(case: "Case") -> dict[str, str]:
    """Return the municipalities of today, and those that stand there although they have ended."""
    standing = organisations.by_ids(grounds.towns_of(case))
    found = [*organisations.municipalities(clock.today()), *standing]
    return {town.id: town.name for town in found}


def _with_names(form: TownsForm, names: dict[str, str]) -> TownsForm:
    pairs = sorted(names.items(), key=lambda town: town[1])
    form.municipality_id.choices = options([("", _("Ikke valgt")), *pairs])
    for field in (form.paying_id, form.home_id):
        field.choices = options([("", _("Den samme")), *pairs])
    return form


def _towns_page(case: "Case", form: TownsForm) -> str:
    case_head = head(case, current="cases.team")
    return render_template("cases/towns.html", case=case, case_head=case_head, form=form)


@bp.get("/cases/<oid:id>/order")
@needs(P.LEGAL_BASIS_RECORD, load=queries.by_id, see=P.LEGAL_BASIS_READ)
def order(case: "Case") -> ResponseReturnValue:
    """Show what a court has decided, to be changed."""
    return _order_page(case, OrderForm(formdata=None, version=case.version, order=case.court_order))


@bp.post("/cases/<oid:id>/order")
@needs(P.LEGAL_BASIS_RECORD, load=queries.by_id, see=P.LEGAL_BASIS_READ)
def set_order(case: "Case") -> ResponseReturnValue:
    """Keep what a court has decided."""
    form = OrderForm()
    if not form.validate():
        return _order_page(case, form), 422
    grounds.set_order(case, form.order.data or "", version=form.version.data or 0)
    return redirect(url_for("cases.case_consents", id=case.id), 303)


def _order_page(case: "Case", form: OrderForm) -> str:
    case_head = head(case, current="cases.case_consents")
    return render_template("cases/order.html", case=case, case_head=case_head, form=form)
