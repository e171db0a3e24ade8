"""The administrator's pages: the own organisation and its units, and a look at all the others."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.organisations import forms, queries
from netmeet.organisations.rules import OrganisationKind
from netmeet.organisations.service import changes
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.organisations.models import Organisation, Unit

bp = Blueprint("organisations", __name__)


def _own() -> "Organisation":
    """Return the organisation the actor acts for; 404 for who acts for none."""
    organisation_id = guard.actor().organisation_id
    found = queries.organisation(organisation_id) if organisation_id is not None else None
    if found is None:
        abort(404)
    return found


@bp.get("/organisation")
@needs(P.ORG_SETTINGS_READ)
def show() -> ResponseReturnValue:
    """Show the own organisation and its units, with from when to when they are valid."""
    organisation, today = _own(), clock.today()
    units = queries.units_of(organisation.id)
    return render_template(
        "organisations/show.html",
        organisation=organisation,
        units=[unit for unit in units if unit.valid_to is None or unit.valid_to >= today],
        ended=[unit for unit in units if unit.valid_to is not None and unit.valid_to < today],
        planned=queries.names_to_come([organisation.id, *(unit.id for unit in units)]),
        may_change=guard.may_after_step_up(P.ORGANISATION_WRITE, organisation),
        saved=session.pop("organisation_saved", ""),
        today=today,
    )


@bp.get("/organisations")
@needs(P.ORG_SETTINGS_READ)
def everybody() -> ResponseReturnValue:
    """Show the municipalities, the region's organisations and the committees valid today."""
    today = clock.today()
    found = queries.organisations(today)
    towns = [each for each in found if each.kind is OrganisationKind.MUNICIPALITY]
    return render_template(
        "organisations/everybody.html",
        municipalities=towns,
        others=[each for each in found if each not in towns],
        committees=queries.committees(today),
    )


@bp.get("/organisation/import")
@needs(P.ORG_SETTINGS_READ)
def lists() -> ResponseReturnValue:
    """Say how many rows at once are read from a file: a command on the server."""
    return render_template("organisations/lists.html")


@bp.get("/organisations/<oid:id>/edit")
@needs(P.ORGANISATION_WRITE, load=queries.organisation, see=P.ORG_SETTINGS_READ)
def edit(organisation: "Organisation") -> ResponseReturnValue:
    """Show what stands about the organisation, to be changed."""
    return _page(organisation, forms.ChangeForm(formdata=None, **_standing(organisation)))


@bp.post("/organisations/<oid:id>/edit")
@needs(P.ORGANISATION_WRITE, load=queries.organisation, see=P.ORG_SETTINGS_READ)
def change(organisation: "Organisation") -> ResponseReturnValue:
    """Keep what was changed about the organisation."""
    return _change(organisation, forms.ChangeForm())


@bp.get("/units/<oid:id>/edit")
@needs(P.ORGANISATION_WRITE, load=queries.unit, see=P.ORG_SETTINGS_READ)
def edit_unit(unit: "Unit") -> ResponseReturnValue:
    """Show what stands about the unit, to be changed."""
    form = forms.UnitForm(formdata=None, initiative=unit.initiative, **_standing(unit))
    return _page(unit, form)


@bp.post("/units/<oid:id>/edit")
@needs(P.ORGANISATION_WRITE, load=queries.unit, see=P.ORG_SETTINGS_READ)
def change_unit(unit: "Unit") -> ResponseReturnValue:
    """Keep what was changed about the unit."""
    return _change(unit, forms.UnitForm())


@bp.get("/units/new")
@needs(P.ORGANISATION_WRITE)
def new_unit() -> ResponseReturnValue:
    """Ask what the new unit is called, and from when."""
    form = forms.NewUnitForm(formdata=None, name_from=clock.today())
    return render_template("organisations/new_unit.html", organisation=_own(), form=form)


@bp.post("/units/new")
@needs(P.ORGANISATION_WRITE)
def add_unit() -> ResponseReturnValue:
    """Add the unit to the own organisation."""
    organisation, form = _own(), forms.NewUnitForm()
    if form.validate():
        facts = _typed(form)
        try:
            changes.add_unit(organisation, facts, valid_from=facts.name_from)
        except Refused as no:
            form.refuse(no)
        else:
            return _saved(facts.name)
    page = render_template("organisations/new_unit.html", organisation=organisation, form=form)
    return page, 422


def _change(row: "Unit | Organisation", form: forms.ChangeForm) -> ResponseReturnValue:
    if form.validate():
        try:
            changes.change(row, _typed(form), version=form.version.data or 0, today=clock.today())
        except Refused as no:
            form.refuse(no)
        else:
            return _saved(form.name.data or "")
    return _page(row, form), 422


def _typed(form: forms.ChangeForm) -> changes.Facts:
    initiative = form.initiative.data if isinstance(form, forms.UnitForm) else ""
    return changes.Facts(
        name=form.name.data or "",
        name_from=form.name_from.data or clock.today(),
        phone=form.phone.data or "",
        valid_to=form.valid_to.data,
        initiative=initiative or "",
    )


def _saved(name: str) -> ResponseReturnValue:
    session["organisation_saved"] = name
    return redirect(url_for("organisations.show"), 303)


def _standing(row: "Unit | Organisation") -> dict[str, object]:
    """Return what the form begins with: a planned name stands with its day."""
    planned = queries.names_to_come([row.id]).get(row.id)
    return {
        "version": row.version,
        "name": planned.name if planned is not None else row.name,
        "name_from": planned.from_on if planned is not None else clock.today(),
        "phone": row.phone,
        "valid_to": row.valid_to,
    }


def _page(row: "Unit | Organisation", form: forms.ChangeForm) -> str:
    is_unit = isinstance(form, forms.UnitForm)
    return render_template(
        "organisations/edit.html",
        row=row,
        form=form,
        is_unit=is_unit,
        action=url_for(
            "organisations.change_unit" if is_unit else "organisations.change", id=row.id
        ),
    )
