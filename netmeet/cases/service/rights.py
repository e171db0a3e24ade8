"""Verbs of what lets somebody see: consents, laws, and who acts when a right ends."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.cases import queries, rules
from netmeet.cases.models import Case, Consent, ConsentAssent, ConsentWithdrawal, LegalBasis
from netmeet.cases.rules import Ahead, ConsentHow, Direction, Follows, Scope
from netmeet.core import calendar, ids
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused

Ended = Callable[[Case, str | None, str | None, datetime], None]

_on_end: list[Ended] = []
"""Called with case, user id or organisation id and instant when somebody's right to see ends."""

Asked = Callable[[Case, str | None, str | None, datetime], Follows | None]

_what_follows: list[Asked] = []
"""Asked the same before it has ended, the case loaded as it would be then: what ends with it."""

Next = Callable[[str, datetime], Ahead | None]

_next_meeting: list[Next] = []
"""Answers with the next meeting of the case at the instant, if there is one."""

PlanType = Callable[[str], str]

_plan_type: list[PlanType] = []
"""Answers with the type of the case's plan, ``""`` while there is none."""


def when_a_right_ends(handler: Ended) -> None:
    """Register who must act, in the same transaction, when consent or membership ends."""
    if handler not in _on_end:
        _on_end.append(handler)


def ask_what_follows(answer: Asked) -> None:
    """Register who knows of something that ends with a right, or waits."""
    if answer not in _what_follows:
        _what_follows.append(answer)


def what_follows(case: Case, consent: Consent, *, at: datetime) -> list[Follows]:
    """Return what would end, or wait, if the consent were taken back.

    Only for a request that shows: the loaded case reads as if it had been. Nothing is written.
    """
    queries.suppose_without(case, consent)
    concerned = (consent.recipient_id, consent.organisation_id)
    found = [ask(case, *concerned, at) for ask in _what_follows]
    return [one for one in found if one is not None]


def ask_next_meeting(answer: Next) -> None:
    """Register who knows the next meeting of a case and who is invited to it."""
    _next_meeting[:] = [answer]


def ahead(case: Case, *, at: datetime) -> Ahead | None:
    """Return what the case knows of its next meeting, ``None`` while there is none."""
    return next((ask(case.id, at) for ask in _next_meeting), None)


def ask_plan_type(answer: PlanType) -> None:
    """Register who knows the type of a case's plan (for laws that carry only some)."""
    _plan_type[:] = [answer]


def right_ended(
    case: Case, user_id: str | None, organisation_id: str | None, *, at: datetime
) -> None:
    """Let those who registered act on a changed right of a user or an organisation."""
    for handler in _on_end:
        handler(case, user_id, organisation_id, at)


def grant_consent(  # noqa: PLR0913 - every part of a consent is the person's to decide
    case: Case,
    *,
    by: Actor,
    at: datetime,
    scopes: Iterable[Scope],
    how: ConsentHow,
    recipient_id: str | None = None,
    organisation_id: str | None = None,
    life_areas: Iterable[str] = (),
    purpose: str = "",
    direction: Direction = Direction.DISCLOSE,
    valid_to: date | None = None,
    asked_alone: bool = False,
    given_by: Collection[str] = (),
    not_covered: str = "",
    explained: str = "",
    childs_view: str = "",
) -> Consent:
    """Record a yes. Raises ``Refused`` for nothing chosen, over twelve months, or nobody to ask.

    A consent to the same recipient is replaced: the old one is withdrawn at the same instant.
    ``given_by`` are the users who said it, by default the person or who acts for the person here.
    For a child under 15 it holds once everybody who has custody has said yes.
    """
    today = calendar.to_local(at).date()
    whom = {"recipient_id": recipient_id, "organisation_id": organisation_id}
    extent = {**whom, **_covered(scopes, life_areas), **_period(valid_to, today)}
    said = set(given_by) or {_speaker(case, by, at)}
    for old in _wanted(case, (recipient_id, organisation_id), at):
        take_back(old, by_id=by.user_id, at=at, how=how)
    consent = Consent(
        case_id=case.id,
        **extent,
        purpose=purpose,
        direction=direction,
        given_at=at,
        recorded_by_id=by.user_id,
        how=how,
        asked_alone=asked_alone,
        given_by_list=",".join(sorted(said)),
        awaits_list=",".join(sorted(_others_with_custody(case, said, at))),
        not_covered=not_covered,
        explained=explained,
        childs_view=childs_view,
        text_version=rules.CONSENT_TEXT_VERSION,
        text_hash=rules.text_hash(rules.CONSENT_TEXT_VERSION),
        withdrawal=None,
        assents=[],
    )
    case.consents.append(consent)
    db.session.flush()
    right_ended(case, recipient_id, organisation_id, at=at)
    return consent


def _covered(scopes: Iterable[Scope], life_areas: Iterable[str]) -> dict[str, str]:
    """Return the columns of what is covered. Raises ``Refused`` for nothing chosen."""
    chosen = [scope for scope in Scope if scope in set(scopes)]
    if not chosen:
        raise Refused(_("Vælg mindst én ting."), field="scopes")
    return {"scope_list": ",".join(chosen), "area_list": ",".join(sorted(set(life_areas)))}


def _period(valid_to: date | None, today: date) -> dict[str, date]:
    """Return the columns of the first and the last day."""
    return {"valid_from": today, "valid_to": _last_day(valid_to, today)}


def _wanted(case: Case, recipient: tuple[str | None, str | None], at: datetime) -> list[Consent]:
    """Return the consents to this user or organisation that a new one takes the place of."""
    return [
        old
        for old in case.consents
        if (old.recipient_id, old.organisation_id) == recipient and old.is_wanted(at)
    ]


def _speaker(case: Case, by: Actor, at: datetime) -> str:
    """Return who said it when nobody else is named: who decides for the person, or the person."""
    speaks = any(r.user_id == by.user_id and r.decides(at) for r in case.representations)
    return by.user_id if speaks else case.person.user_id


def _others_with_custody(case: Case, said: Collection[str], at: datetime) -> set[str]:
    """Return who must say yes too: for a child under 15 everybody who has custody (§ 17)."""
    born_on = case.person.born_on
    if born_on is None or rules.consents_alone(born_on, calendar.to_local(at).date()):
        return set()
    holders = {held.user_id for held in case.custody_holders(at)}
    if not holders:
        raise Refused(_("Skriv først ned, hvem der har forældremyndigheden."))
    return holders - set(said)


def _last_day(wanted: date | None, today: date) -> date:
    """Return the day a consent ends: the wanted one, or as late as the law allows."""
    latest = rules.latest_end(today)
    if wanted is not None and not today <= wanted <= latest:
        raise Refused(_("Vælg en dag inden for det næste år."), field="valid_to")
    return wanted or latest


def assent(consent: Consent, *, of: str, by: Actor, at: datetime, how: ConsentHow) -> None:
    """Add the yes of the other one who has custody, in force from the next request.

    ``of`` is whose yes it is. Doing it twice changes nothing.
    """
    if of not in consent.awaited(at):
        return
    consent.assents.append(
        ConsentAssent(consent_id=consent.id, by_id=of, at=at, how=how, recorded_by_id=by.user_id)
    )
    db.session.flush()
    right_ended(consent.case, consent.recipient_id, consent.organisation_id, at=at)


def withdraw_consent(
    case: Case, consent: Consent, *, by: Actor, at: datetime, how: ConsentHow = ConsentHow.DIGITAL
) -> None:
    """Take a consent back, in force from the next request. Doing it twice changes nothing."""
    if not consent.is_wanted(at):
        return
    take_back(consent, by_id=by.user_id, at=at, how=how)
    right_ended(case, consent.recipient_id, consent.organisation_id, at=at)


def take_back(consent: Consent, *, by_id: str, at: datetime, how: ConsentHow) -> None:
    """Write that a consent is taken back; who acts on it is told by who calls."""
    consent.withdrawal = ConsentWithdrawal(
        id=ids.new_id(), consent_id=consent.id, at=at, by_id=by_id, how=how
    )
    db.session.flush()


def record_legal_basis(
    case: Case,
    *,
    by: Actor,
    at: datetime,
    organisation_id: str,
    paragraph: str,
    scopes: Iterable[Scope],
    necessity: str,
    valid_to: date | None = None,
) -> LegalBasis:
    """Record a law that lets an authority read without consent, with why it is necessary.

    What waited for a consent goes on where the law opens it. Raises ``Refused`` without a necessity
    text, for an unknown law, for a plan that the law does not carry, and for too long a time.
    """
    law = queries.law(paragraph, calendar.to_local(at).date())
    if law is None:
        raise Refused(_("Vælg en lov fra listen."), field="paragraph")
    kind = next((ask(case.id) for ask in _plan_type), "")
    if kind and not law.fits(kind):
        raise Refused(_("Den lov gælder ikke for den slags plan."), field="paragraph")
    if not necessity.strip():
        raise Refused(_("Skriv, hvorfor det er nødvendigt."), field="necessity")
    basis = LegalBasis(
        case_id=case.id,
        organisation_id=organisation_id,
        paragraph=paragraph,
        scope_list=",".join(scope for scope in Scope if scope in set(scopes)),
        necessity=necessity,
        recorded_at=at,
        recorded_by_id=by.user_id,
        valid_to=_end_of(law.months, valid_to, calendar.to_local(at).date()),
        must_inform=law.inform_person,
    )
    case.legal_bases.append(basis)
    db.session.flush()
    right_ended(case, None, organisation_id, at=at)
    return basis


def _end_of(months: int | None, wanted: date | None, today: date) -> date | None:
    """Return the last day of a legal basis: the wanted one, no later than its law allows."""
    latest = calendar.add_months(today, months) if months is not None else None
    if wanted is not None and (wanted < today or (latest is not None and wanted > latest)):
        raise Refused(_("Vælg en dag, loven tillader."), field="valid_to")
    return wanted or latest
