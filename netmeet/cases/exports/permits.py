"""Who may see what, as sentences: for the person's page and for staff's."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext

from netmeet.cases import rules
from netmeet.cases.models import Case, Consent, LegalBasis, TeamMember
from netmeet.cases.rules import ConsentHow, Paragraph, Scope

_: Callable[..., str] = gettext


@dataclass(frozen=True, kw_only=True)
class Permit:
    """One recipient and what the person has said yes to. ``viewer_id`` can be shown as a preview.

    ``people`` are those in the network whom an organisation's consent reaches; ``kin`` is what a
    private person is to the person ("søster").
    """

    consent: Consent
    name: str
    what: str
    kin: str
    how: str
    comes: bool
    sees: str
    until: date
    viewer_id: str | None
    people: list[str]


@dataclass(frozen=True, kw_only=True)
class Lawful:
    """What may be shared without the person's yes: with whom, by which law, and why."""

    basis: LegalBasis
    name: str
    law: str
    explained: str
    sees: str


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything one page says about who may see what."""

    permits: list[Permit]
    without: list[TeamMember]
    lawful: list[Lawful]


def overview(case: Case, at: datetime) -> Overview:
    """Return the consents and legal bases in force, and who in the network has neither."""
    permits = [permit(case, c) for c in case.consents if c.is_in_force(at)]
    lawful = [_lawful(basis) for basis in case.legal_bases if basis.is_in_force(at)]
    reached = {p.consent.recipient_id for p in permits}
    reached |= {member.user_id for p in permits for member in _reached(case, p.consent)}
    without = [m for m in case.members if m.user_id not in {*reached, case.person.user_id}]
    permits.sort(key=lambda p: (p.consent.recipient_id is None, p.name))
    return Overview(permits=permits, without=without, lawful=lawful)


def permit(case: Case, consent: Consent) -> Permit:
    """Return a consent in words."""
    member = case.member(consent.recipient_id) if consent.recipient_id else None
    reached = _reached(case, consent) if member is None else [member]
    named = consent.recipient or consent.organisation
    return Permit(
        consent=consent,
        name=named.name if named else "",
        what=what_they_are(member) if member else "",
        kin=member.relation if member else "",
        how=_how(consent),
        comes=Scope.INVITE in consent.scopes,
        sees=sees(consent.scopes, consent.life_areas),
        until=consent.valid_to,
        viewer_id=reached[0].user_id if reached else None,
        people=[m.name for m in reached if m is not member],
    )


def _how(consent: Consent) -> str:
    """Return how the yes was given, and whether the person was asked alone."""
    given = {
        ConsentHow.ORAL: _("Sagt mundtligt."),
        ConsentHow.WRITTEN: _("Givet skriftligt."),
        ConsentHow.DIGITAL: _("Givet på personens egen side."),
    }[consent.how]
    return f"{given} {_('Spurgt alene.')}" if consent.asked_alone else given


def _reached(case: Case, consent: Consent) -> list[TeamMember]:
    if consent.organisation_id is None:
        return []
    return [m for m in case.members if m.organisation_id == consent.organisation_id]


def _lawful(basis: LegalBasis) -> Lawful:
    paragraph = Paragraph(basis.paragraph)
    return Lawful(
        basis=basis,
        name=basis.organisation.name if basis.organisation else "",
        law=rules.LAWS[paragraph].name,
        explained=explained(paragraph),
        sees=sees(basis.scopes, frozenset()),
    )


def what_they_are(member: TeamMember) -> str:
    """Return what somebody is to the person: "søster", or title and place for staff."""
    if member.relation:
        return member.relation
    return ", ".join(part for part in (member.title, member.where) if part)


def sees(scopes: Collection[Scope], areas: Collection[str]) -> str:
    """Return what is seen: "ser planen og aftalerne om bolig og penge"."""
    words = _papers()
    papers = [words[scope] for scope in Scope if scope in scopes and scope in words]
    if len(papers) == len(words):
        papers = [_("det hele")]
    if not papers:
        return _("ser ikke mere end det")
    if not areas:
        return _("ser %(papers)s", papers=listed(papers))
    topics = _topics()
    chosen = listed([topics[area] for area in rules.LIFE_AREAS if area in areas])
    return _("ser %(papers)s om %(areas)s", papers=listed(papers), areas=chosen)


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
        Scope.FILES: _("bilag"),
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
        "legal": _("retlige forhold"),
        "other": _("andet"),
    }


def explained(paragraph: Paragraph) -> str:
    """Return in plain words what the law lets the authorities do."""
    return {
        Paragraph.PSYCHIATRY_13C: _(
            "Hospital og kommune må dele det, de skal bruge til din udskrivning."
        ),
        Paragraph.HEALTH_41_2_1: _("De, der behandler dig nu, må dele det, de skal bruge."),
        Paragraph.HEALTH_41_2_2: _("Din egen læge må få et brev om din behandling."),
        Paragraph.HEALTH_43_2_1: _("En anden lov siger, at det skal deles."),
        Paragraph.HEALTH_43_2_2: _(
            "Det må deles for at passe på dig eller andre. Du skal have besked."
        ),
        Paragraph.ADMINISTRATION_28: _("Kommunen må dele det, en anden myndighed skal bruge."),
        Paragraph.LEGAL_SECURITY_11C: _("Kommunen må hente det, din sag ikke kan undvære."),
    }[paragraph]
