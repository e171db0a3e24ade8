"""Who may see what, as sentences: for the person's page and for staff's."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import get_locale, gettext

from netmeet.cases import queries, rules
from netmeet.cases.models import Case, Consent, Law, LegalBasis, Representation, TeamMember
from netmeet.cases.rules import ConsentHow, RepresentationKind, Scope
from netmeet.core import calendar

_: Callable[..., str] = gettext


@dataclass(frozen=True, kw_only=True)
class Permit:
    """One recipient and what the person has said yes to. ``viewer_id`` can be shown as a preview.

    ``people`` are those in the network whom an organisation's consent reaches; ``kin`` is what a
    private person is to the person ("søster"). ``ends_soon``: it is time to ask if it shall go on;
    ``awaits`` are the names and ids of who must say yes too before it opens anything.
    """

    consent: Consent
    name: str
    what: str
    kin: str
    how: str
    comes: bool
    sees: str
    until: date
    ends_soon: bool
    awaits: list[tuple[str, str]]
    viewer_id: str | None
    people: list[str]


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A consent that was taken back: what ended with it, in sentences."""

    consent: Consent
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Lawful:
    """What may be shared without the person's yes: with whom, by which law, and why."""

    basis: LegalBasis
    name: str
    law: str
    explained: str
    sees: str
    must_tell: bool


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Somebody who may act for the person: who, by what, on what paper, and until when."""

    mandate: Representation
    name: str
    kin: str
    by: str
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything one page says about who may see what.

    ``waiting`` are those that a custody holder has not said yes to. ``of_age_on`` is the 18th
    birthday when it is near.
    """

    permits: list[Permit]
    waiting: list[Permit]
    without: list[TeamMember]
    lawful: list[Lawful]
    acting: list[Acting]
    of_age_on: date | None
    text: str


def overview(case: Case, at: datetime) -> Overview:
    """Return the consents and legal bases in force, who has neither, and who acts for the person.

    Three queries at most: legal bases, their laws, and mandates.
    """
    permits = [permit(case, c, at=at) for c in case.consents if c.is_in_force(at)]
    waiting = [c for c in case.consents if c.is_wanted(at) and c.awaited(at)]
    laws = queries.laws_of(case)
    lawful = [_lawful(b, laws.get(b.paragraph)) for b in case.legal_bases if b.is_in_force(at)]
    acting = [acting_for(case, r) for r in case.representations if r.is_in_force(at)]
    reached = {p.consent.recipient_id for p in permits}
    reached |= {member.user_id for p in permits for member in _reached(case, p.consent)}
    reached |= {one.mandate.user_id for one in acting if one.mandate.covers_personal}
    without = [m for m in case.members if m.user_id not in {*reached, case.person.user_id}]
    permits.sort(key=lambda p: (p.consent.recipient_id is None, p.name))
    return Overview(
        permits=permits,
        waiting=[permit(case, c, at=at) for c in waiting],
        without=without,
        lawful=lawful,
        acting=[one for one in acting if case.member(one.mandate.user_id) is not None],
        of_age_on=_of_age_on(case, at),
        text=rules.CONSENT_TEXTS[rules.CONSENT_TEXT_VERSION],
    )


def to_invite(case: Case, shown: Overview, coming: rules.Ahead | None) -> frozenset[str]:
    """Return the consents by which somebody private may come to a meeting nobody asked them to."""
    if coming is None:
        return frozenset()
    private = {m.user_id for m in case.members if not m.role.is_staff} - coming.invited
    return frozenset(
        one.consent.id for one in shown.permits if one.comes and one.consent.recipient_id in private
    )


def _of_age_on(case: Case, at: datetime) -> date | None:
    born_on, today = case.person.born_on, calendar.to_local(at).date()
    if born_on is None or not rules.is_in_transition(born_on, today):
        return None
    return rules.comes_of_age(born_on)


def acting_for(case: Case, mandate: Representation) -> Acting:
    """Return a mandate in words."""
    member = case.member(mandate.user_id)
    return Acting(
        mandate=mandate,
        name=mandate.user.name,
        kin=member.relation if member is not None else "",
        by={
            RepresentationKind.CUSTODY_HOLDER: _("har forældremyndigheden"),
            RepresentationKind.GUARDIAN: _("er værge"),
            RepresentationKind.ATTORNEY: _("har en fuldmagt"),
        }[mandate.kind],
        until=_until(case, mandate),
    )


def _until(case: Case, mandate: Representation) -> date | None:
    """Return the last day of a mandate; custody ends the day before the 18th birthday."""
    born_on = case.person.born_on
    if mandate.kind is RepresentationKind.CUSTODY_HOLDER and born_on is not None:
        birthday = rules.comes_of_age(born_on)
        return min(mandate.valid_to or birthday, birthday)
    return mandate.valid_to


def permit(case: Case, consent: Consent, *, at: datetime) -> Permit:
    """Return a consent in words."""
    member = case.member(consent.recipient_id) if consent.recipient_id else None
    reached = _reached(case, consent) if member is None else [member]
    named = consent.recipient or consent.organisation
    holders = {r.user_id: r.user.name for r in case.representations if consent.awaits_list}
    return Permit(
        consent=consent,
        name=named.name if named else "",
        what=what_they_are(member) if member else "",
        kin=member.relation if member else "",
        how=_how(consent),
        comes=Scope.INVITE in consent.scopes,
        sees=sees(consent.scopes, consent.life_areas),
        until=consent.valid_to,
        ends_soon=consent.ends_soon(at),
        awaits=[(one, holders.get(one, "")) for one in sorted(consent.awaited(at))],
        viewer_id=reached[0].user_id if reached else None,
        people=[m.name for m in reached if m is not member],
    )


def still_sees(case: Case, consent: Consent, *, at: datetime) -> list[str]:
    """Return what a consent's recipients go on seeing when it is taken back, in sentences.

    Whoever coordinates reads everything, another yes or a law may reach the same people, and staff
    stay in the network.
    """
    own = case.member(consent.recipient_id) if consent.recipient_id else None
    others = [c for c in case.consents if c is not consent and c.is_in_force(at)]
    sentences = []
    for member in [own] if own is not None else _reached(case, consent):
        by = [permit(case, c, at=at).name for c in others if _reaches(c, member)]
        if member.is_coordinator:
            said = _("%(name)s koordinerer og kan stadig læse det hele.", name=member.name)
        elif by:
            said = _(
                "%(name)s ser stadig det, der er sagt ja til for %(others)s.",
                name=member.name,
                others=listed(by),
            )
        elif any(b.is_in_force(at) and _reaches(b, member) for b in case.legal_bases):
            said = _("%(name)s ser stadig det, en lov giver lov til.", name=member.name)
        elif member.role.is_staff:
            said = _("%(name)s kan stadig se navnet, og hvem der er med.", name=member.name)
        else:
            continue
        sentences.append(said)
    return sentences


def _reaches(given: Consent | LegalBasis, member: TeamMember) -> bool:
    return given.recipient_id == member.user_id or (
        given.organisation_id is not None and given.organisation_id == member.organisation_id
    )


def stopped(case: Case, consent: Consent | None, *, at: datetime) -> Stopped | None:
    """Return what ended when the consent was taken back, unless a new one has taken its place.

    Of staff only the yes is named: what they see may rest on a law as well.
    """
    if consent is None or consent.case_id != case.id or consent.is_wanted(at):
        return None
    recipient = (consent.recipient_id, consent.organisation_id)
    wanted = [(c.recipient_id, c.organisation_id) for c in case.consents if c.is_wanted(at)]
    member = case.member(consent.recipient_id) if consent.recipient_id else None
    if recipient in wanted or (consent.organisation_id is None and member is None):
        return None
    name = permit(case, consent, at=at).name
    if member is None or member.role.is_staff or consent.awaited(at):
        ended = [_("Dit ja til %(name)s gælder ikke længere.", name=name)]
    else:
        ended = list(_ended(consent, name))
    return Stopped(consent=consent, name=name, text=" ".join(ended))


def _ended(consent: Consent, name: str) -> Iterator[str]:
    papers = _papers_of(consent.scopes, consent.life_areas)
    if papers:
        yield _("%(name)s ser ikke længere %(papers)s.", name=name, papers=papers)
    if Scope.INVITE in consent.scopes:
        yield _("%(name)s kan ikke længere komme til mødet.", name=name)
    elif not papers:
        yield _("%(name)s ser ikke længere noget om dig.", name=name)


def _how(consent: Consent) -> str:
    """Return how the yes was given, and whether the person was asked alone."""
    given = {
        ConsentHow.ORAL: _("Sagt mundtligt."),
        ConsentHow.WRITTEN: _("Givet skriftligt."),
        ConsentHow.DIGITAL: _("Givet selv her i netmeet."),
    }[consent.how]
    return f"{given} {_('Spurgt alene.')}" if consent.asked_alone else given


def _reached(case: Case, consent: Consent) -> list[TeamMember]:
    if consent.organisation_id is None:
        return []
    return [m for m in case.members if m.organisation_id == consent.organisation_id]


def _lawful(basis: LegalBasis, law: Law | None) -> Lawful:
    """Return a legal basis in words; a law that was taken out stands with its number alone."""
    in_english = str(get_locale()) == "en"
    explained = "" if law is None else law.explained
    if law is not None and in_english and law.explained_en:
        explained = law.explained_en
    return Lawful(
        basis=basis,
        name=basis.organisation.name if basis.organisation else "",
        law=law.name if law is not None else basis.paragraph,
        explained=explained,
        sees=sees(basis.scopes, frozenset()),
        must_tell=basis.must_inform and basis.informed_at is None,
    )


def what_they_are(member: TeamMember) -> str:
    """Return what somebody is to the person: "søster", or title and place for staff."""
    if member.relation:
        return member.relation
    return ", ".join(part for part in (member.title, member.where) if part)


def sees(scopes: Collection[Scope], areas: Collection[str]) -> str:
    """Return what is seen, in short sentences: "ser planen om bolig. Ved, hvem der er med"."""
    papers, knows = _papers_of(scopes, areas), Scope.NETWORK in scopes
    if papers:
        told = [_("ser %(papers)s", papers=papers)] + ([_("Ved, hvem der er med")] if knows else [])
    else:
        told = [_("ved kun, hvem der er med") if knows else _("ser ikke mere end det")]
    if Scope.EXPORT in scopes:
        told.append(_("Kan hente planen til sit eget system"))
    return ". ".join(told)


def _papers_of(scopes: Collection[Scope], areas: Collection[str]) -> str:
    """Return what is seen: "planen og aftalerne om bolig og penge"; empty for no paper."""
    words = _papers()
    papers = [words[scope] for scope in Scope if scope in scopes and scope in words]
    if len(papers) == len(words):
        papers = [_("det hele")]
    if not papers or not areas:
        return listed(papers)
    topics = _topics()
    chosen = listed([topics[area] for area in rules.LIFE_AREAS if area in areas])
    return _("%(papers)s om %(areas)s", papers=listed(papers), areas=chosen)


def listed(words: Sequence[str]) -> str:
    """Return the words as a list in a sentence: "bolig, penge og søvn"."""
    if len(words) < 2:  # noqa: PLR2004 - one word is no list
        return "".join(words)
    return _("%(first)s og %(last)s", first=", ".join(words[:-1]), last=words[-1])


def _papers() -> dict[Scope, str]:
    return {
        Scope.AGENDA: _("dagsordenen"),
        Scope.MINUTES: _("referatet"),
        Scope.PLAN: _("planen"),
        Scope.ACTIONS: _("aftalerne"),
        Scope.CRISIS: _("kriseplanen"),
        Scope.FILES: _("papirerne"),
    }


def _topics() -> dict[str, str]:
    return {
        "housing": _("bolig"),
        "everyday": _("hverdag"),
        "treatment": _("behandling og medicin"),
        "health": _("krop og helbred"),
        "substances": _("rusmidler"),
        "economy": _("penge"),
        "work": _("arbejde og uddannelse"),
        "family": _("familie og børn"),
        "network": _("venner og fritid"),
        "transport": _("transport"),
        "legal": _("retssager"),
        "other": _("andet"),
    }
