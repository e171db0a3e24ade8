"""The composition: which slices there are and what the web layer is handed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask, g, has_request_context, session
from flask_babel import lazy_gettext as _
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

import config
from netmeet import cli
from netmeet.accounts import exports as accounts_exports
from netmeet.accounts import policy as accounts_policy
from netmeet.accounts import queries as accounts_queries
from netmeet.accounts import service as accounts_service
from netmeet.accounts import views as accounts_views
from netmeet.accounts.service import limits as accounts_limits
from netmeet.accounts.service import sending as accounts_sending
from netmeet.accounts.service import sessions as accounts_sessions
from netmeet.actions import exports as actions_exports
from netmeet.actions import policy as actions_policy
from netmeet.actions import service as actions_service
from netmeet.actions import views as actions_views
from netmeet.audit import policy as audit_policy
from netmeet.audit import service as audit_service
from netmeet.cases import exports as cases_exports
from netmeet.cases import policy as cases_policy
from netmeet.cases import queries as cases_queries
from netmeet.cases import service as cases_service
from netmeet.cases import views as cases_views
from netmeet.cases.service import grounds as cases_grounds
from netmeet.cases.service import rights as cases_rights
from netmeet.core import apart, sealed
from netmeet.core.access import STAFF, AccessBook, Actor, Role
from netmeet.core.db import db
from netmeet.formats import pdf
from netmeet.indicators import policy as indicators_policy
from netmeet.indicators import views as indicators_views
from netmeet.invitations import exports as invitations_exports
from netmeet.invitations import policy as invitations_policy
from netmeet.invitations import queries as invitations_queries
from netmeet.invitations import service as invitations_service
from netmeet.invitations import views as invitations_views
from netmeet.invitations.queries import coming as invitations_coming
from netmeet.invitations.queries import deciding as invitations_deciding
from netmeet.meetings import exports as meetings_exports
from netmeet.meetings import policy as meetings_policy
from netmeet.meetings import views as meetings_views
from netmeet.meetings.service import room as meetings_room
from netmeet.organisations import policy as organisations_policy
from netmeet.organisations import views as organisations_views
from netmeet.outbox import policy as outbox_policy
from netmeet.outbox import service as outbox_service
from netmeet.pages import views as pages_views
from netmeet.plans import exports as plans_exports
from netmeet.plans import policy as plans_policy
from netmeet.plans import queries as plans_queries
from netmeet.plans import views as plans_views
from netmeet.readiness import policy as readiness_policy
from netmeet.readiness import views as readiness_views
from netmeet.reminders import exports as reminders_exports
from netmeet.web import (
    errors,
    filters,
    guard,
    headers,
    limits,
    once,
    templating,
    transaction,
    uploads,
    urls,
)
from netmeet.web.hooks import Hooks, Navigation
from netmeet.web.languages import Languages, locale

ROOT = Path(__file__).resolve().parent.parent

_BLUEPRINTS = (
    accounts_views.bp,
    organisations_views.bp,
    cases_views.bp,
    meetings_views.bp,
    invitations_views.bp,
    actions_views.bp,
    readiness_views.bp,
    plans_views.bp,
    indicators_views.bp,
    pages_views.bp,
)

_RULES = (
    accounts_policy.RULES,
    organisations_policy.RULES,
    audit_policy.RULES,
    outbox_policy.RULES,
    cases_policy.RULES,
    meetings_policy.RULES,
    invitations_policy.RULES,
    readiness_policy.RULES,
    actions_policy.RULES,
    plans_policy.RULES,
    indicators_policy.RULES,
)

_RENDERERS = {
    **accounts_exports.RENDERERS,
    **cases_exports.RENDERERS,
    **meetings_exports.RENDERERS,
    **invitations_exports.RENDERERS,
    **actions_exports.RENDERERS,
    **plans_exports.RENDERERS,
    **reminders_exports.RENDERERS,
}


@dataclass(frozen=True)
class Phone:
    """A number to call when it cannot wait."""

    label: str
    number: str


_OWN = Navigation(label=_("Mine aftaler"), endpoint="actions.mine")
_HOME = Navigation(label=_("Forside"), endpoint="pages.home")
_BEYOND = {
    Role.PAT: (
        Navigation(label=_("Hvem må se hvad"), endpoint="cases.consents"),
        Navigation(label=_("Hvem har set min plan"), endpoint="cases.access_log"),
        Navigation(label=_("Bed om et møde"), endpoint="meetings.ask"),
    ),
    Role.MGR: (Navigation(label=_("Overblik"), endpoint="indicators.overview"),),
    Role.AUD: (
        Navigation(label=_("Opslag"), endpoint="cases.audit"),
        Navigation(label=_("Spørgsmål"), endpoint="cases.access_questions"),
    ),
    Role.COM: (Navigation(label=_("Rapport"), endpoint="indicators.committee"),),
    Role.ADM: (
        Navigation(label=_("Brugere"), endpoint="accounts.users"),
        Navigation(label=_("Enheder"), endpoint="organisations.show"),
    ),
    **dict.fromkeys(STAFF, (_OWN,)),
}


def menu(actor: Actor) -> Sequence[Navigation]:
    """Return the main menu of the role acted in."""
    return (_HOME, *_BEYOND.get(actor.role, ()))


def load_actor(secret: str, at: datetime) -> Actor | None:
    """Return who is asking, and hide from them whom they must learn nothing of."""
    found = accounts_queries.load_actor(secret, at)
    if found is not None:
        apart.hide(cases_queries.apart_from(found))
    return found


def create_app(settings: config.Settings) -> Flask:
    """Compose netmeet. Raises ``RuntimeError`` or ``ValueError`` for a gap in the access rules."""
    app = transaction.Netmeet(
        "netmeet", template_folder=ROOT / "templates", static_folder=ROOT / "static"
    )
    app.jinja_environment = templating.Templates
    # There are a few hundred templates, and all of them are kept: none need be the least used.
    app.jinja_options = {"cache_size": -1}
    app.request_class = uploads.Request
    _configure(app, settings)
    newer = config.KeyFile(settings.instance) if settings.keys_in_file else None
    sealed.install(settings.keyring, renew=newer)
    pdf.use_fonts(ROOT / "static" / "vendor" / "fonts")
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.extensions["netmeet"] = _hooks()
    _wrap_requests(app)
    filters.install(app)
    templating.install(app)
    Languages(app, locale_selector=lambda: locale(_lang()))
    app.context_processor(lambda: _page_variables(settings))
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    guard.check(app)
    _wire_slices()
    cli.install(app)
    return app


def _hooks() -> Hooks:
    """Return what the web layer is handed, because it lies below those who own it."""
    return Hooks(
        book=AccessBook(*_RULES),
        load_actor=load_actor,
        owner_of=accounts_queries.owner_of,
        record=audit_service.record,
        is_covered=audit_service.is_covered,
        park=accounts_service.park,
        keep_awake=accounts_service.keep_awake,
        end_login=accounts_sessions.end,
        may_print=accounts_limits.may_print,
        may_send_file=accounts_limits.may_send_file,
        claim=accounts_sending.claim,
        settle=accounts_sending.settle,
        menu=menu,
    )


def _wire_slices() -> None:
    """Hand slices what lies above them: letters, what follows when a right ends, who decides."""
    outbox_service.install(_RENDERERS)
    cases_service.when_a_right_ends(invitations_service.withdraw_where_a_right_ended)
    cases_grounds.when_another_acts(invitations_service.settle_ahead)
    cases_service.when_a_right_ends(actions_service.follow_rights)
    cases_rights.ask_what_follows(invitations_service.would_be_withdrawn)
    cases_rights.ask_what_follows(actions_service.would_wait)
    cases_rights.ask_next_meeting(invitations_coming.ahead)
    meetings_room.ask_who_is_excused(invitations_queries.excused)
    invitations_views.answer.show_with(pages_views.answer.page)
    cases_rights.ask_plan_type(plans_queries.kind_of_case)
    actions_service.ask_who_may_decide(invitations_deciding.deciders)


def _wrap_requests(app: Flask) -> None:
    """Put limits, transaction, actor, CSRF, headers and errors around every request, in order."""
    urls.install(app)
    app.before_request(apart.hide_nobody)
    app.before_request(limits.check)
    app.before_request(transaction.begin)
    app.before_request(guard.load_actor)
    app.before_request(uploads.make_room)
    CSRFProtect(app)
    app.before_request(once.lead_again)
    headers.install(app)
    app.after_request(transaction.end)
    app.teardown_request(apart.hide_nobody)
    errors.install(app)


def _configure(app: Flask, settings: config.Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # A file cannot hang up; a server can, and is asked before each use.
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.database_url.startswith("sqlite")},
        SESSION_COOKIE_NAME="__Host-netmeet" if settings.is_https else "netmeet",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_I18N_ENABLED=False,
        BABEL_DEFAULT_LOCALE="da",
        BABEL_DEFAULT_TIMEZONE="Europe/Copenhagen",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "netmeet" / "translations"),
        PROPAGATE_EXCEPTIONS=None,
        NETMEET=settings,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _page_variables(settings: config.Settings) -> dict[str, object]:
    """Return what every layout shows."""
    actor: Actor | None = g.get("actor")
    known = actor if actor is not None and not actor.is_anonymous else None
    return {
        "actor": known,
        "nav": menu(known) if known else [],
        "acute_phone": Phone(settings.acute_label, settings.acute_number),
        "quick_exit_url": settings.exit_url,
        "lang": _lang(),
        "has_roles": has_request_context() and session.get("has_roles", False),
        "large_text": has_request_context() and session.get("large_text", False),
        "demo": settings.demo,
    }


def _lang() -> str:
    """Return the language of the request; Danish where there is none, as in the worker."""
    return session.get("lang", "da") if has_request_context() else "da"
