"""What a personal link leads to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from netmeet.accounts import queries as accounts
from netmeet.accounts.models import PersonalLink
from netmeet.cases import queries as cases
from netmeet.core.access import Actor, Role
from netmeet.invitations.queries import Reply, by_id, may_be_asked, replies, still_holds
from netmeet.meetings import queries as meetings
from netmeet.meetings.models import Invitation
from netmeet.meetings.policy import in_window


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What the neutral page of a personal link stands on. ``invitation`` only for that purpose.

    ``has_letter`` says that a code in a letter still lets its recipient in; ``asks_times`` that it
    is about which times suit; ``begins`` is the meeting the person may
    begin to prepare, ``evaluates`` the one that was held and is asked about.
    """

    __tablename__: ClassVar[str] = "personal_link"

    link: PersonalLink
    case_id: str | None
    has_letter: bool
    invitation: Invitation | None = None
    reply: Reply = field(default_factory=Reply)
    asks_times: bool = False
    begins: str | None = None
    evaluates: str | None = None

    @property
    def id(self) -> str:
        """Return the link's id (for the access log)."""
        return self.link.id


def landing(token: str, *, at: datetime) -> Landing | None:
    """Return what the secret leads to now, ``None`` when it leads nowhere (any more)."""
    link = accounts.link_by_token(token)
    if link is None or not _is_good(link, at=at):
        return None
    has_letter = bool(accounts.letter_codes(link.user_id, at))
    if link.purpose in {"invitation", "poll"}:
        return _of_invitation(link, has_letter=has_letter, at=at)
    if link.purpose == "evaluation":
        return _of_evaluation(link, has_letter=has_letter, at=at)
    if link.purpose == "case":
        case = cases.by_id(link.subject_id)
        if case is None or case.member(link.user_id) is None:
            return None
        is_person = case.person.user_id == link.user_id
        begins = meetings.to_begin(case.id) if is_person else None
        return Landing(link=link, case_id=case.id, has_letter=has_letter, begins=begins)
    return Landing(link=link, case_id=None, has_letter=has_letter)


def _is_good(link: PersonalLink, *, at: datetime) -> bool:
    """Tell whether the link holds, whatever it leads to."""
    is_over = link.expires_at is not None and link.expires_at <= at
    return link.revoked_at is None and link.user.active and not is_over


def _of_invitation(link: PersonalLink, *, has_letter: bool, at: datetime) -> Landing | None:
    """Return the landing while the invitation holds; for guests as long as ``T`` lasts.

    An interpreter answers before the window of reading opens, so only its end counts here.
    """
    found, asks_times = by_id(link.subject_id), link.purpose == "poll"
    if found is None or found.user_id != link.user_id:
        return None
    if not (may_be_asked(found, at=at) if asks_times else still_holds(found, at=at)):
        return None
    if _is_over_for(found, at=at):
        return None
    reply = replies(found.meeting)[found.id]
    return Landing(
        link=link,
        case_id=found.case_id,
        has_letter=has_letter,
        invitation=found,
        reply=reply,
        asks_times=asks_times,
    )


def _of_evaluation(link: PersonalLink, *, has_letter: bool, at: datetime) -> Landing | None:
    """Return the landing of who was invited and is in the network yet; it shows nothing of it."""
    found = by_id(link.subject_id)
    if found is None or found.user_id != link.user_id or found.withdrawn_at is not None:
        return None
    if found.case.member(link.user_id) is None or _is_over_for(found, at=at):
        return None
    return Landing(
        link=link, case_id=found.case_id, has_letter=has_letter, evaluates=found.meeting_id
    )


def _is_over_for(found: Invitation, *, at: datetime) -> bool:
    """Tell whether the invited is a guest or an interpreter whose time of the meeting is over."""
    member = found.case.member(found.user_id)
    role = member.role.access if member is not None else Role.ANON
    guest = Actor(user_id=found.user_id, name="", role=Role.EXT, at=at)
    return role in {Role.EXT, Role.INTP} and not in_window(guest, found)
