"""One case and everybody near it, to be led through its life by chance (T11)."""

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from sqlalchemy import select
from werkzeug.test import TestResponse

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.cases import queries as cases
from netmeet.cases.models import Case, Person
from netmeet.core import sealed
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import Meeting
from tests.access import routes
from tests.access.facts import SECRETS
from tests.conftest import Backend
from tests.misuse.players import Players
from tests.misuse.truths import CANARY, Model, Truths, where

NEAR = ("lise", "jonas", "rune", "mia", "hanne", "ole")
DICE = st.randoms(use_true_random=True, note_method_calls=False)
_SEEN = ("all", "ended", "published", "agreed")


class Led(RuleBasedStateMachine):
    """A database with its people and one case, and how to act on it through its pages."""

    backend: ClassVar[Backend]
    folder: ClassVar[Path]
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        sealed.install(self.backend.app.config["NETMEET"].keyring)
        self.backend.empty()
        self.context = self.backend.app.app_context()
        self.context.push()
        self.players = Players(self.backend.app)
        self.model = Model()
        self.truths = Truths(self.players, self.model)
        self.counted = 0
        self.seen: dict[str, list[str]] = {key: [] for key in _SEEN}
        self.routes = [
            one
            for one in routes.found(self.backend.app)
            if one.method == "GET" and one.table not in {"", "own", *SECRETS}
            if not one.rule.rule.endswith(".pdf")
            if one.rule.arguments == {"id"}
        ]

    # helpers -------------------------------------------------------------------------------------

    @property
    def case(self) -> str:
        """Return where the case is."""
        return f"/cases/{self.model.case_id}"

    def word(self) -> str:
        """Return words that nobody else writes."""
        self.counted += 1
        self.model.said.append(f"{CANARY}ord{self.counted}")
        return f"{CANARY}ord{self.counted}"

    def done(self, what: str, answer: TestResponse | None) -> bool:
        """Tell whether the act was let through, and count it."""
        is_done = answer is not None and answer.status_code == 303
        is_done = is_done and not answer.location.startswith(("/login", "/step-up"))
        self.tally[f"{what}: {'done' if is_done else 'refused'}"] += 1
        return is_done

    def ids(self, statement: Any) -> list[str]:
        """Return the ids that the statement finds."""
        found = list(db.session.scalars(statement))
        db.session.rollback()
        return found

    def meetings(self, *more: Any) -> list[str]:
        """Return the meetings of the case, newest first."""
        of_case = select(Meeting.id).where(Meeting.case_id == self.model.case_id, *more)
        return self.ids(of_case.order_by(Meeting.created_at.desc()))

    def member(self, name: str) -> str:
        """Return the id of somebody's place in the network."""
        case = cases.by_id(self.model.case_id)
        found = case.member(self.players.of[name].user_id) if case is not None else None
        db.session.rollback()
        return found.id if found is not None else "0" * 16

    def lead(self) -> str:
        """Return who coordinates."""
        case = cases.by_id(self.model.case_id)
        held = case.coordinator.user_id if case is not None and case.coordinator else ""
        db.session.rollback()
        return next((n for n in ("lise", "jonas") if self.players.of[n].user_id == held), "lise")

    def keep(self, key: str, said: str, *, table: str = "") -> None:
        """Remember where the person's words are kept: in any table or in the named one."""
        found = where(said, table)
        assert found is not None, f"{key} was taken and is nowhere"
        self.model.words[key] = found

    def agreed(self) -> list[str]:
        """Return the agreements in force."""
        of_case = select(Action.id).where(Action.case_id == self.model.case_id)
        return self.ids(of_case.where(Action.published_at.is_not(None)))

    def look_about(self) -> None:
        """Note what there is, for what may be done next."""
        ended = Meeting.ended_at.is_not(None)
        self.seen = {
            "all": self.meetings(),
            "ended": self.meetings(ended, Meeting.published_at.is_(None)),
            "published": self.meetings(Meeting.published_at.is_not(None)),
            "agreed": self.agreed(),
        }

    @property
    def is_open(self) -> bool:
        """Tell whether the case goes on."""
        return not self.model.is_closed

    # beginning -----------------------------------------------------------------------------------

    @initialize()
    def people(self) -> None:
        """The offices are staffed, and a case is opened."""
        world = self.players.world
        for name, user in (("lise", world.lise), ("jonas", world.jonas), ("rune", world.stranger)):
            self.players.join(name, user)
        pia = world.staff("Pia Torp", world.office, role=Role.ADM)
        self.players.join("pia", pia)
        # Another administrator: the last one of an organisation may not go.
        world.staff("Per Torp", world.office, role=Role.ADM)
        self.office = world.office.id
        world.save()
        self.open_case()

    def open_case(self) -> None:
        """Open a case; the person, a sister and a brother have logins from then on."""
        name, more = f"{CANARY}Mia Sørensen", {"email": f"mia{self.counted}@example.org"}
        answer = self.players.fill(
            "lise", "/cases/new", "/cases/new", name=name, birth_date="1991-04-12", cpr="", **more
        )
        assert self.done("open", answer), answer and answer.status_code
        begun = Model(case_id=answer.location.split("/")[2], without_role=self.model.without_role)
        self.model.__dict__.update(vars(begun))
        self.model.inside |= {"mia", "lise"}
        self.truths.erased = False
        case = db.session.get_one(Case, self.model.case_id)
        mia = db.session.get_one(Person, case.person_id).user_id
        self.players.join("mia", db.session.get_one(User, mia))
        for other in ("hanne", "ole"):
            self.players.of.pop(other, None)
