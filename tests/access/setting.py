"""The stage set: everybody, every case, every kind of row, and what stands in addresses."""

from datetime import timedelta

from sqlalchemy import select

from netmeet.accounts import service as accounts
from netmeet.accounts.models import Identity, UnitRole, User
from netmeet.accounts.queries import subject_index
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.service import feeds
from netmeet.actions.models import Action
from netmeet.cases.models import AccessQuestion, Case
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.indicators.rules import past_quarters
from netmeet.invitations.models import Deputy, WrittenInput
from netmeet.meetings.models import Invitation, Meeting
from netmeet.outbox import service as outbox
from netmeet.outbox.rules import Channel, State
from netmeet.plans.models import Goal, Plan
from tests.access import beside, cast, things
from tests.access.stage import Stage
from tests.world import now

ISSUER = "https://login.example"


def fill(stage: Stage) -> None:
    """Put everybody and everything on the stage."""
    world = stage.world
    stage.gone = beside.erased(stage)
    case = world.case(stage.mint("Mia"), staff=[world.jonas])
    cast.near(stage, case)
    cast.offices(stage)
    others = beside.all_of_them(stage)
    things.fill(world, case, stage.mint)
    _invitations(stage, case)
    _account_rows(stage)
    _links(stage, case)
    _feeds(stage)
    _questions(stage, case)
    _name_parts(stage, case)
    db.session.commit()
    stage.cases = {"main": case.id, **{name: other.id for name, other in others.items()}}
    for name, case_id in stage.cases.items():
        if name != "grown":
            things.publish(case_id)
    stage.remember()


def _user(stage: Stage, name: str) -> User:
    found = db.session.get(User, stage.personas[name].user_id)
    assert found is not None
    return found


def _invitation(stage: Stage, case: Case, name: str, *, ahead: bool = True) -> Invitation:
    """Return somebody's invitation to the meeting that lies ahead, or to the one called off."""
    state = ("invited", "confirmed") if ahead else ("cancelled",)
    statement = (
        select(Invitation)
        .join(Invitation.meeting)
        .where(
            Meeting.case_id == case.id,
            Meeting.state.in_(state),
            Invitation.user_id == stage.personas[name].user_id,
        )
        .order_by(Meeting.starts_local.desc())
    )
    return db.session.scalars(statement).first()  # type: ignore[return-value]  # there is one


def _invitations(stage: Stage, case: Case) -> None:
    """Write what some answered, name a deputy, and print letters."""
    for name in ("reg_in", "rel_all_scopes", "ext_in_window"):
        invitation = _invitation(stage, case, name)
        text = stage.mint("bidrag")
        db.session.add(WrittenInput(invitation_id=invitation.id, text=text, at=now()))
    db.session.add(
        Deputy(
            invitation_id=_invitation(stage, case, "mun_in").id,
            name="Ny Vikar",
            email="vikar@example.org",
            at=now(),
        )
    )
    for name in ("pat_self", "rel_all_scopes"):
        invitation = _invitation(stage, case, name)
        token = accounts.make_link(
            invitation.user, purpose="invitation", subject_id=invitation.id, at=now()
        )
        stage.secrets["personal_link"][token] = True
        message = outbox.put(
            key=f"invitation:{invitation.id}:0:new",
            kind="invitations.invitation",
            user_id=invitation.user_id,
            case_id=case.id,
            at=now(),
            channel=Channel.LETTER,
            facts={"invitation": invitation.id, "token": token, "sequence": "0", "file": "0"},
        )
        assert message is not None
        outbox.settle(message, State.SENT, at=now())


def _account_rows(stage: Stage) -> None:
    """Park a text, connect an identity, and give some a password."""
    for name in ("lead_in", "pat_self"):
        text = {"note": [stage.mint("parkeret")]}
        accounts.park(stage.personas[name].user_id, "/account", text, now())
    for name, door in (("pat_self", Door.PERSON), ("lead_in", Door.STAFF)):
        user_id = stage.personas[name].user_id
        row = Identity(
            user_id=user_id,
            door=door,
            issuer=ISSUER,
            subject=user_id,
            subject_index=subject_index(ISSUER, user_id),
            created_at=now(),
        )
        db.session.add(row)
    for name in ("lead_in", "adm_own_org"):
        _user(stage, name).password_hash = "$argon2id$nobody knows it"


def _links(stage: Stage, case: Case) -> None:
    """Make personal links: good ones, and ended ones of every sort."""

    def link(name: str, *, is_good: bool, subject: str = case.id, purpose: str = "case") -> str:
        token = accounts.make_link(
            _user(stage, name), purpose=purpose, subject_id=subject, at=now()
        )
        stage.secrets["personal_link"][token] = is_good
        return token

    link("pat_self", is_good=True)
    link("rel_only_invite", is_good=True)
    asked = _invitation(stage, case, "rel_all_scopes")
    link("rel_all_scopes", is_good=True, subject=asked.id, purpose="poll")
    was_there = _held_invitation(case, stage.personas["rel_all_scopes"].user_id)
    link("rel_all_scopes", is_good=True, subject=was_there, purpose="evaluation")
    link("reg_removed_yesterday", is_good=False)
    link("pat_disabled_account", is_good=False)
    for name, ahead in (("rel_withdrawn", True), ("rel_all_scopes", False)):
        invitation = _invitation(stage, case, name, ahead=ahead)
        link(name, is_good=False, subject=invitation.id, purpose="invitation")
    link("prox_active", is_good=False)
    accounts.revoke_links(
        subject_id=case.id, user_id=stage.personas["prox_active"].user_id, at=now()
    )


def _feeds(stage: Stage) -> None:
    """Make addresses for calendars: good ones, and ended ones of every sort."""

    def feed(name: str, *, is_good: bool) -> UnitRole:
        role = db.session.get(UnitRole, stage.personas[name].role_id)
        assert role is not None
        stage.secrets["calendar_feed"][feeds.renew(role, at=now())] = is_good
        return role

    for name in ("pat_self", "rel_only_invite", "rel_revoked", "lead_in"):
        feed(name, is_good=True)
    feed("pat_disabled_account", is_good=False)
    feed("mun_in", is_good=False)  # another takes its place
    feed("mun_in", is_good=True)
    feeds.end(feed("prox_active", is_good=False).id, at=now())


def _held_invitation(case: Case, user_id: str) -> str:
    """Return somebody's invitation to the meeting that was held last."""
    statement = (
        select(Invitation.id)
        .join(Invitation.meeting)
        .where(
            Meeting.case_id == case.id,
            Meeting.ended_at.is_not(None),
            Invitation.user_id == user_id,
        )
        .order_by(Meeting.ended_at.desc())
    )
    return db.session.scalars(statement).first()  # type: ignore[return-value]  # there is one


def _questions(stage: Stage, case: Case) -> None:
    """Let the person ask why the manager looked, who must not answer for herself."""
    db.session.add(
        AccessQuestion(
            case_id=case.id,
            about_user_id=stage.personas["mgr_own_unit"].user_id,
            unit_id=stage.world.ward.id,
            asked_at=now() - timedelta(hours=1),
            words=stage.mint("hvorfor"),
            looks={"week": 0, "times": []},
        )
    )


def _name_parts(stage: Stage, case: Case) -> None:
    """Choose what may stand in addresses beside the id."""
    of_case = (
        select(Action).where(Action.case_id == case.id).order_by(Action.published_at.is_(None))
    )
    actions = db.session.scalars(of_case).all()
    goals = db.session.scalars(select(Goal.id).join(Plan).where(Plan.case_id == case.id)).all()
    people = [stage.personas[name] for name in ("pat_self", "rel_all_scopes", "reg_in")]
    held = [stage.personas[name].role_id for name in ("reg_in", "adm_own_org", "mun_far")]
    stage.parts = {
        "user_id": [one.user_id for one in people],
        "user": [*(one.user_id for one in people), stage.personas["mun_far"].user_id],
        "role_id": held,
        "action_id": [actions[0].id, *(one.id for one in actions[-6:])],
        "question": ["matters", "not_talk"],
        "field": ["talked"],
        "key": ["b", "d", "h", "i", "x"],
        "n": [1, 2],
        "door": ["person", "staff"],
        "goal": list(goals),
        "line_kind": ["goal"],
        "committee": ["test-udvalg"],
        "quarter": [past_quarters(clock.today())[0].key],
    }
