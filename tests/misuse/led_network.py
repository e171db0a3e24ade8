"""Who comes in, who goes, and what they are let see."""

from random import Random

from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from netmeet.accounts.models import UnitRole, User
from netmeet.cases import queries as cases
from netmeet.core import sealed
from netmeet.core.db import db
from tests.misuse.led import DICE, Led
from tests.misuse.players import Player
from tests.misuse.truths import CANARY
from tests.world import now

SCOPES = ("network", "invite", "agenda", "minutes", "plan", "actions", "crisis")


class Network(Led):
    """The network and its rights."""

    @rule(dice=DICE)
    @precondition(lambda self: "jonas" not in self.model.inside and self.is_open)
    def add_colleague(self, dice: Random) -> None:
        role = self.players.of["jonas"].role_id
        path = f"{self.case}/team/colleague"
        answer = self.players.fill(
            self.lead(),
            f"{path}?who={role}",
            f"{path}/consent",
            scopes=sorted({"invite", *dice.sample(SCOPES, 4)}),
            limit="all",
        )
        if self.done("add a colleague", answer):
            self.model.inside.add("jonas")

    @rule(dice=DICE)
    @precondition(lambda self: "hanne" not in self.model.inside and self.is_open)
    def add_relative(self, dice: Random) -> None:
        scopes = {"invite", *dice.sample(SCOPES, 4)}
        facts = {"name": f"{CANARY}Hanne Lund", "email": f"hanne{self.counted}@example.org"}
        self.counted += 1
        who, path = dice.choice(
            [(self.lead(), f"{self.case}/team/relative"), ("mia", "/consents/new")]
        )
        answer = self.players.fill(who, path, scopes=sorted(scopes), limit="all", **facts)
        if self.done("add a relative", answer):
            self.model.inside.add("hanne")
            self.model.lets["hanne"] = scopes
            self._meet("hanne", facts["email"])

    @rule(dice=DICE)
    @precondition(lambda self: "ole" not in self.model.inside and self.is_open)
    def record_mandate(self, dice: Random) -> None:
        facts = {"name": f"{CANARY}Ole Lund", "email": f"ole{self.counted}@example.org"}
        self.counted += 1
        answer = self.players.fill(
            self.lead(),
            f"{self.case}/mandates/new",
            who="",
            kind=dice.choice(["guardian", "attorney"]),
            scopes=["personal"],
            document=self.word(),
            valid_to="",
            **facts,
        )
        if self.done("record a mandate", answer):
            self.model.inside.add("ole")
            self.model.mandates.add("ole")
            self._meet("ole", facts["email"])

    def _meet(self, name: str, email: str) -> None:
        """Let somebody who was just added sign in."""
        index = sealed.keyring().index(email, kind="email")
        user = db.session.scalars(select(User).where(User.email_index == index)).one()
        self.players.join(name, user)

    @rule()
    @precondition(lambda self: "ole" in self.model.mandates)
    def end_mandate(self) -> None:
        user = self.players.of["ole"].user_id
        case = cases.by_id(self.model.case_id)
        held = [one.id for one in case.representations if one.user_id == user]
        answer = self.players.ask(self.lead(), "POST", f"/mandates/{held[-1]}/end", {})
        if self.done("end a mandate", answer):
            self.model.mandates.discard("ole")

    @rule(dice=DICE)
    @precondition(lambda self: "hanne" in self.model.inside and self.is_open)
    def let_see(self, dice: Random) -> None:
        scopes = dice.sample(SCOPES, dice.randrange(1, 7))
        path = f"/members/{self.member('hanne')}/permit"
        if self.done("let see", self.players.fill("mia", path, scopes=scopes, limit="all")):
            self.model.lets["hanne"] = set(scopes)

    @rule(dice=DICE)
    def stop_seeing(self, dice: Random) -> None:
        case = cases.by_id(self.model.case_id)
        wanted = [one for one in case.consents if one.is_wanted(now())]
        if not wanted:
            return
        consent = dice.choice(wanted)
        who = dice.choice(["mia", self.lead()])
        answer = self.players.ask(who, "POST", f"/permits/{consent.id}/stop", {})
        if self.done("stop seeing", answer):
            hanne = self.players.of.get("hanne")
            if hanne is not None and consent.recipient_id == hanne.user_id:
                self.model.lets["hanne"] = set()

    @rule(dice=DICE)
    @precondition(lambda self: self.model.inside - {"mia", "lise"})
    def leave_or_remove(self, dice: Random) -> None:
        name = dice.choice(sorted(self.model.inside - {"mia", self.lead()}) or ["jonas"])
        ways = {
            "leave": name,
            "remove": self.lead(),
            "remove-relative": dice.choice(["mia", "lise"]),
        }
        way = dice.choice(list(ways))
        path = f"/members/{self.member(name)}/{way}"
        if self.done("leave or remove", self.players.ask(ways[way], "POST", path, {})):
            self.model.inside.discard(name)
            self.model.mandates.discard(name)

    @rule()
    def change_roles(self) -> None:
        jonas = self.players.of["jonas"]
        if "jonas" in self.model.without_role:
            self._give_role(jonas)
            return
        path = f"/users/{jonas.user_id}/roles/{jonas.role_id}/end"
        if self.done("end a role", self.players.ask("pia", "POST", path, {})):
            self.model.without_role.add("jonas")

    def _give_role(self, jonas: Player) -> None:
        fields = {"role": "mun", "unit_id": self.office, "title": "sagsbehandler"}
        answer = self.players.ask("pia", "POST", f"/users/{jonas.user_id}", fields)
        if self.done("give a role", answer):
            held = select(UnitRole).where(UnitRole.user_id == jonas.user_id)
            role = db.session.scalars(held.where(UnitRole.until.is_(None))).one()
            self.players.join("jonas", db.session.get_one(User, jonas.user_id), role)
            self.model.without_role.discard("jonas")

    @rule()
    @precondition(lambda self: "jonas" in self.model.inside and self.is_open)
    def hand_over(self) -> None:
        to = self.member("jonas" if self.lead() == "lise" else "lise")
        path = f"{self.case}/coordinator"
        self.done("hand over", self.players.fill(self.lead(), path, to=to, reason=self.word()))
