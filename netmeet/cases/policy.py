"""Who may read and change a case: the conditions every slice above builds on."""

from typing import Any

from netmeet.cases.rules import EVERY_AREA, Scope
from netmeet.core.access import STAFF, Actor, Predicate, Role, Rules, anyone, stepped_up
from netmeet.core.permissions import Permission as P
from netmeet.organisations.policy import in_own_organisation, in_own_unit


def is_self(actor: Actor, thing: Any) -> bool:
    """Condition ``self``: the caller is the person concerned."""
    return bool(thing.case.person.user_id == actor.user_id)


def represents(actor: Actor, thing: Any) -> bool:
    """Condition ``R``: the caller holds a mandate in force for this person's personal matters."""
    return any(
        mandate.user_id == actor.user_id
        and mandate.covers_personal
        and mandate.is_in_force(actor.at)
        for mandate in thing.case.representations
    )


def decides(actor: Actor, thing: Any) -> bool:
    """Condition ``R`` on consent: a mandate that decides; from 15 the young person does alone."""
    return any(
        mandate.user_id == actor.user_id and mandate.covers_personal and mandate.decides(actor.at)
        for mandate in thing.case.representations
    )


def acts_from(actor: Actor, place: Any) -> bool:
    """Tell whether the caller acts from this place in a network: one role, never the union.

    To her brother a nurse is the sister he let in. A staff guest acts for no unit, for a time.
    """
    if place.role.access is not actor.role or actor.role not in STAFF:
        return place.role.access is actor.role
    if place.is_staff_guest:
        return actor.unit_id is None and not place.is_over(actor.at)
    return bool(place.organisation_id == actor.organisation_id)


def _is_over(actor: Actor, thing: Any) -> bool:
    """Tell whether the caller is a staff guest of the case whose time is over."""
    place = thing.case.member(actor.user_id) if actor.role in STAFF else None
    return place is not None and place.is_over(actor.at)


def in_network(actor: Actor, thing: Any) -> bool:
    """Condition ``N``: an active member of the person's network, in the role acted in."""
    place = thing.case.member(actor.user_id)
    return place is not None and acts_from(actor, place)


def is_own(actor: Actor, thing: Any) -> bool:
    """Condition ``self`` on a membership: it is the caller's own."""
    return bool(thing.user_id == actor.user_id) and not _is_over(actor, thing)


def about_oneself(actor: Actor, thing: Any) -> bool:
    """Condition ``own``: the entry speaks of the caller, who is known in the case."""
    if thing is thing.case:
        return in_network(actor, thing)
    return actor.user_id in {
        getattr(thing, "recipient_id", None),
        getattr(thing, "user_id", None),
        getattr(thing, "author_id", None),
    }


def is_author(actor: Actor, thing: Any) -> bool:
    """Condition ``O``: author or owner. A staff guest in the end keeps what they still owe."""
    is_left = getattr(thing, "is_live", False)
    return bool(thing.author_id == actor.user_id) and (is_left or not _is_over(actor, thing))


def is_not_oneself(actor: Actor, thing: Any) -> bool:
    """Condition ``notself``: the target is somebody else."""
    return bool(getattr(thing, "about_user_id", getattr(thing, "user_id", "")) != actor.user_id)


def _reaches(given: Any, actor: Actor, thing: Any) -> bool:
    """Tell whether a consent or a legal basis is for the caller or the caller's organisation."""
    if _is_over(actor, thing):
        return False
    if given.recipient_id is not None:
        return bool(given.recipient_id == actor.user_id)
    member = thing.case.member(actor.user_id)
    is_guest = member is not None and member.is_staff_guest
    ours = member.organisation_id if is_guest else actor.organisation_id
    return ours is not None and bool(given.organisation_id == ours)


def _covers(given: Any, thing: Any) -> bool:
    """Tell whether a consent covers the area of life of a line; what is in none is in no other."""
    area = getattr(thing, "life_area", EVERY_AREA)
    is_whole = area == EVERY_AREA or getattr(thing, "is_neutral", False)
    return is_whole or not given.life_areas or area in given.life_areas


def _consents(actor: Actor, thing: Any, scope: Scope) -> bool:
    return any(
        scope in given.scopes
        and _covers(given, thing)
        and _reaches(given, actor, thing)
        and given.is_in_force(actor.at)
        for given in thing.case.consents
    )


def _lawful(actor: Actor, thing: Any, scope: Scope) -> bool:
    return any(
        scope in basis.scopes and _reaches(basis, actor, thing) and basis.is_in_force(actor.at)
        for basis in thing.case.legal_bases
    )


def consented(scope: Scope) -> Predicate:
    """Condition ``C:x``: the person's consent in force for this caller covers ``scope``."""

    def holds(actor: Actor, thing: Any) -> bool:
        return _consents(actor, thing, scope)

    return holds


def consented_or_lawful(scope: Scope) -> Predicate:
    """Condition ``CD:x``: the person's consent, or a recorded legal basis (never for relatives)."""

    def holds(actor: Actor, thing: Any) -> bool:
        return _consents(actor, thing, scope) or _lawful(actor, thing, scope)

    return holds


def _given(given: Any, thing: Any, actor: Actor, scope: Scope) -> bool:
    """Tell whether something in force covers ``scope`` for who ``thing`` would add."""
    for_them = given.recipient_id == thing.recipient_id or (
        given.organisation_id is not None and given.organisation_id == thing.organisation_id
    )
    return for_them and scope in given.scopes and bool(given.is_in_force(actor.at))


def target_consented(scope: Scope) -> Predicate:
    """Condition ``C:x`` where somebody is added: the consent is for the one being added.

    Towards the case itself (the page before anybody is named) it holds.
    """

    def holds(actor: Actor, thing: Any) -> bool:
        if not hasattr(thing, "recipient_id"):
            return True
        return any(_given(consent, thing, actor, scope) for consent in thing.case.consents)

    return holds


def target_consented_or_lawful(scope: Scope) -> Predicate:
    """Condition ``CD:x`` where somebody is added."""
    by_consent = target_consented(scope)

    def holds(actor: Actor, thing: Any) -> bool:
        return by_consent(actor, thing) or any(
            _given(basis, thing, actor, scope) for basis in thing.case.legal_bases
        )

    return holds


RULES: Rules = {
    P.AUDIT_WHO_SAW_ME: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
    },
    P.AUDIT_ASK_WHY: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
    },
    P.AUDIT_ANSWER_WHY: {
        Role.MGR: [[in_own_unit, is_not_oneself]],
        Role.AUD: [[in_own_organisation]],
    },
    P.CASE_OPEN: {
        Role.LEAD: [[in_own_unit]],
        Role.REG: [[in_own_unit]],
        Role.MUN: [[in_own_unit]],
    },
    P.CASE_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[consented(Scope.BASIC)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.CASE_UPDATE: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
    },
    P.CASE_HAND_OVER: {
        Role.LEAD: [[in_network]],
        Role.MGR: [[in_own_unit]],
    },
    P.CASE_CLOSE: {
        Role.LEAD: [[in_network, stepped_up]],
    },
    P.CONSENT_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[about_oneself]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.CONSENT_GRANT: {
        Role.PAT: [[is_self, stepped_up]],
        Role.PROX: [[decides, stepped_up]],
        Role.LEAD: [[in_network, stepped_up]],
    },
    P.CONSENT_REVOKE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[decides]],
        Role.REL: [[about_oneself]],
        Role.LEAD: [[in_network]],
    },
    P.DASHBOARD_DRILL_TO_PATIENT: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
    },
    P.EXPORT_FHIR_BUNDLE: {
        Role.PAT: [[is_self, stepped_up]],
        Role.PROX: [[represents, stepped_up]],
        Role.LEAD: [[in_network, stepped_up]],
        Role.REG: [[in_network, stepped_up, consented_or_lawful(Scope.EXPORT)]],
        Role.MUN: [[in_network, stepped_up, consented_or_lawful(Scope.EXPORT)]],
        Role.SYS: [[anyone]],
    },
    P.EXPORT_DSAR_PACKAGE: {
        Role.PAT: [[is_self, stepped_up]],
        Role.PROX: [[represents, stepped_up]],
        Role.ADM: [[in_own_organisation]],
    },
    P.IMPORT_PLAN: {
        Role.LEAD: [[in_network, stepped_up]],
    },
    P.LEGAL_BASIS_RECORD: {
        Role.LEAD: [[in_network, stepped_up]],
        Role.REG: [[in_network, stepped_up]],
        Role.MUN: [[in_network, stepped_up]],
    },
    P.LEGAL_BASIS_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.AUD: [[in_own_organisation]],
    },
    P.MESSAGE_WORD_SET_OWN: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
    },
    P.NETWORK_READ_MEMBERS: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[consented(Scope.NETWORK)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.NETWORK_READ_MEMBER_CONTACT: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.NETWORK_ADD_STAFF: {
        Role.LEAD: [[in_network, target_consented_or_lawful(Scope.NETWORK)]],
        Role.REG: [[in_network, target_consented_or_lawful(Scope.NETWORK)]],
        Role.MUN: [[in_network, target_consented_or_lawful(Scope.NETWORK)]],
    },
    P.NETWORK_ADD_RELATIVE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network, target_consented(Scope.INVITE)]],
    },
    P.NETWORK_REMOVE_RELATIVE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.NETWORK_REMOVE_STAFF: {
        Role.LEAD: [[in_network]],
    },
    P.NETWORK_LEAVE: {
        Role.REL: [[is_own]],
        Role.LEAD: [[is_own]],
        Role.REG: [[is_own]],
        Role.MUN: [[is_own]],
        Role.GP: [[is_own]],
        Role.EXT: [[is_own]],
        Role.INTP: [[is_own]],
    },
    P.NETWORK_SEND_PERSONAL_LINK: {
        Role.LEAD: [[in_network]],
    },
    P.NOTIFICATION_READ_OUTBOX_STATUS: {
        Role.LEAD: [[in_network]],
        Role.ADM: [[in_own_organisation]],
        Role.AUD: [[in_own_organisation]],
        Role.SYS: [[anyone]],
    },
    P.PATIENT_READ_BASIC: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[consented(Scope.BASIC)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.PATIENT_READ_CONTACT: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.PATIENT_REVEAL_CPR: {
        Role.PAT: [[is_self, stepped_up]],
        Role.PROX: [[represents, stepped_up]],
        Role.LEAD: [[in_network, stepped_up]],
        Role.REG: [[in_network, stepped_up]],
        Role.MUN: [[in_network, stepped_up]],
        Role.GP: [[in_network, stepped_up]],
    },
    P.PATIENT_UPDATE_CONTACT: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
    },
    P.PATIENT_CREATE: {
        Role.LEAD: [[in_own_unit]],
        Role.REG: [[in_own_unit]],
        Role.MUN: [[in_own_unit]],
    },
    P.PATIENT_SEARCH_EXACT_CPR: {
        Role.LEAD: [[in_own_unit]],
        Role.REG: [[in_own_unit]],
        Role.MUN: [[in_own_unit]],
    },
    P.PATIENT_LIST_MINE: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
    },
    P.PRIVATE_NOTE_READ_WRITE: {
        Role.PAT: [[is_author]],
        Role.PROX: [[is_author]],
    },
    P.RELATIVE_TELL_STAFF: {
        Role.REL: [[about_oneself]],
    },
    P.RELATIVE_READ_TOLD: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[about_oneself]],
        Role.LEAD: [[in_network]],
    },
    P.SMART_API_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.GP: [[consented_or_lawful(Scope.PLAN)]],
    },
}
