"""A case from its opening to its erasure, led by chance (T11)."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from netmeet.accounts.models import UnitRole, User
from netmeet.actions.models import Action
from netmeet.cases import jobs
from netmeet.cases import queries as cases
from netmeet.cases.models import Case, Person
from netmeet.cases.rules import Keeping
from netmeet.cases.service import erasing
from netmeet.core import clock, sealed
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, Meeting, MeetingRequest
from netmeet.meetings.rules import MeetingState
from netmeet.outbox import jobs as outbox
from netmeet.plans.models import Plan
from netmeet.reminders import jobs as reminders
from tests.access import facts, judge, pages, routes
from tests.conftest import Backend
from tests.misuse.players import Player, Players
from tests.misuse.truths import CANARY, Model, Truths, where
from tests.world import now

NEAR = ("lise", "jonas", "rune", "mia", "hanne", "ole")
SCOPES = ("basic", "network", "invite", "agenda", "minutes", "plan", "actions", "crisis")
YEARS = {"region": 10, "municipality": 5, "practice": 10, "other": 10}
EVERY = 5
"""Steps between two looks at what changes seldom."""

_dice = st.randoms(use_true_random=True, note_method_calls=False)


class Life(RuleBasedStateMachine):
    """People act on one case through its pages; after each act the truths must hold."""

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
        self.steps = self.counted = 0
        self.routes = [
            one
            for one in routes.found(self.backend.app)
            if one.method == "GET" and one.table not in {"", "own", "personal_link"}
            if not one.rule.rule.endswith(".pdf") and one.endpoint not in judge.DEMO_ONLY
            if one.rule.arguments == {"id"}
        ]

    def teardown(self) -> None:
        """Look at everything once more."""
        try:
            self._look()
            self.truths.chain()
        finally:
            db.session.remove()
            self.context.pop()
        Life.tally["examples"] += 1
        Life.tally["steps"] += self.steps

    # helpers

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
        Life.tally[f"{what}: {'done' if is_done else 'refused'}"] += 1
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

    def keep(self, key: str, said: str) -> None:
        """Remember where the person's words are kept."""
        found = where(said)
        assert found is not None, f"{key} was taken and is nowhere"
        self.model.words[key] = found

    # beginning

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
        world.save()
        self.open_case()

    def open_case(self) -> None:
        """Open a case; the person, a sister and a brother have logins from then on."""
        name, more = f"{CANARY}Mia Sørensen", {"email": f"mia{self.counted}@example.org"}
        answer = self.players.fill(
            "lise", "/cases/new", "/cases/new", name=name, birth_date="1991-04-12", cpr="", **more
        )
        assert self.done("open", answer), answer and answer.status_code
        self.model.__dict__.update(vars(Model(case_id=answer.location.split("/")[2])))
        self.model.inside |= {"mia", "lise"}
        self.truths.erased = False
        case = db.session.get_one(Case, self.model.case_id)
        mia = db.session.get_one(Person, case.person_id).user_id
        self.players.join("mia", db.session.get_one(User, mia))
        for other in ("hanne", "ole"):
            self.players.of.pop(other, None)

    # the network and its rights

    @rule(dice=_dice)
    @precondition(lambda self: "jonas" not in self.model.inside and self.is_open)
    def add_colleague(self, dice: Random) -> None:
        role = self.players.of["jonas"].role_id
        path = f"{self.case}/team/colleague"
        answer = self.players.fill(
            self.lead(),
            f"{path}?who={role}",
            f"{path}/consent",
            scopes=["network", *dice.sample(SCOPES, 4)],
            limit="all",
        )
        if self.done("add a colleague", answer):
            self.model.inside.add("jonas")

    @rule(dice=_dice)
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

    @rule(dice=_dice)
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

    @rule(dice=_dice)
    @precondition(lambda self: "hanne" in self.model.inside and self.is_open)
    def let_see(self, dice: Random) -> None:
        scopes = dice.sample(SCOPES, dice.randrange(1, 8))
        path = f"/members/{self.member('hanne')}/permit"
        if self.done("let see", self.players.fill("mia", path, scopes=scopes, limit="all")):
            self.model.lets["hanne"] = set(scopes)

    @rule(dice=_dice)
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

    @rule(dice=_dice)
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
        unit = self.players.world.office.id
        fields = {"role": "mun", "unit_id": unit, "title": "sagsbehandler"}
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

    # the meeting

    @rule(dice=_dice)
    @precondition(lambda self: self.is_open)
    def ask_for_a_meeting(self, dice: Random) -> None:
        said = self.word()
        if self.done("ask", self.players.fill("mia", f"{self.case}/ask", about=said)):
            self.keep(f"request {said}", said)
            asked = self.ids(select(MeetingRequest.id).where(MeetingRequest.decided_at.is_(None)))
            if asked and dice.random() < 0.5:
                path, verb = f"/requests/{asked[0]}", dice.choice(["accept", "decline"])
                more = {"reason": self.word(), "alternative": self.word()}
                answer = self.players.ask(self.lead(), "POST", f"{path}/{verb}", more)
                self.done(verb, answer)

    @rule(dice=_dice)
    @precondition(lambda self: self.is_open and len(self.meetings()) < 4)
    def plan_a_meeting(self, dice: Random) -> None:
        self._plan_a_meeting(dice)

    def _plan_a_meeting(self, dice: Random) -> None:
        day = (clock.today() + timedelta(days=dice.randrange(1, 30))).isoformat()
        fields = {"purpose": self.word(), "place": self.word(), "date": day, "time": "13:00"}
        more = {"minutes": "45", "kind": "outpatient", "video_link": ""}
        who, path = dice.choice([self.lead(), "jonas"]), f"{self.case}/meetings/new"
        answer = self.players.fill(who, path, **fields, **more)
        if self.done("plan a meeting", answer) and dice.random() < 0.8:
            self._invite(answer.location)

    def _invite(self, path: str) -> None:
        lead = self.lead()
        self.players.ask(lead, "POST", f"{path}/invitations/add", {})
        answer = self.players.fill(lead, f"{path}/invitations", f"{path}/invitations/send")
        self.done("invite", answer)

    @rule(dice=_dice)
    @precondition(lambda self: self.meetings())
    def prepare(self, dice: Random) -> None:
        meeting, said = dice.choice(self.meetings()), self.word()
        question = dice.choice(["matters", "help", "goes_well", "practical"])
        who = dice.choice(["mia", "mia", "lise"])
        path = f"/meetings/{meeting}/prepare/{question}"
        answer = self.players.fill(who, path, text=said, go="next")
        if self.done("prepare", answer):
            self.keep(f"{question} {meeting}", said)

    @rule(dice=_dice)
    @precondition(lambda self: self.meetings())
    def propose(self, dice: Random) -> None:
        meeting, said = dice.choice(self.meetings()), self.word()
        who = dice.choice([name for name in NEAR if name in self.players.of])
        path = f"/meetings/{meeting}/agenda" + ("/new" if who in {"lise", "jonas", "rune"} else "")
        answer = self.players.fill(who, path, f"/meetings/{meeting}/agenda", title=said, decider="")
        if self.done("propose", answer) and who == "mia":
            self.keep(f"point {said}", said)

    @rule(dice=_dice)
    @precondition(lambda self: self.meetings())
    def agree_on_the_agenda(self, dice: Random) -> None:
        path = f"/meetings/{dice.choice(self.meetings())}/agenda"
        self.done("share", self.players.ask(self.lead(), "POST", f"{path}/share", {}))
        self.done("approve", self.players.fill("mia", path, f"{path}/approve"))

    @rule(dice=_dice)
    @precondition(lambda self: self.meetings())
    def answer(self, dice: Random) -> None:
        path = f"/meetings/{dice.choice(self.meetings())}/answer"
        who = dice.choice([name for name in NEAR if name in self.players.of])
        said = {"answer": dice.choice(["yes", "maybe", "no"])}
        self.done("answer", self.players.ask(who, "POST", path, said))

    @rule(dice=_dice)
    @precondition(lambda self: self.meetings())
    def put_off_or_call_off(self, dice: Random) -> None:
        path, verb = (
            f"/meetings/{dice.choice(self.meetings())}",
            dice.choice(["postpone", "cancel"]),
        )
        day = (clock.today() + timedelta(days=dice.randrange(1, 30))).isoformat()
        more = {"date": day, "time": "10:00"} if verb == "postpone" else {}
        answer = self.players.fill(
            self.lead(), f"{path}/{verb}", asked_by="person", reason=self.word(), **more
        )
        self.done(verb, answer)

    @rule(dice=_dice)
    @precondition(lambda self: self.is_open)
    def hold(self, dice: Random) -> None:
        """A meeting from its beginning to its end, and often sent out at once."""
        if not self._invited():
            self._plan_a_meeting(dice)
        if not (invited := self._invited()):
            return
        meeting, lead = dice.choice(invited), self.lead()
        path = f"/meetings/{meeting}"
        for name in ("mia", "jonas", "hanne"):
            if name in self.players.of:
                here = {"user_id": self.players.of[name].user_id, "mode": "in_person"}
                self.players.ask(lead, "POST", f"{path}/attendance", here)
        self.done("start", self.players.ask(lead, "POST", f"{path}/room/start", {}))
        points = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting)
        for number, point in enumerate(self.ids(points)):
            self._minute(lead, f"/points/{point}", is_talked_about=number == 0)
        for _ in range(dice.randrange(3)):
            self._agree(lead, path, dice)
        ending = {"participation": "whole", "crisis_plan": "missing", "no_next_reason": self.word()}
        answer = self.players.ask(lead, "POST", f"{path}/room/end", ending)
        if self.done("end", answer) and dice.random() < 0.6:
            self._publish(meeting, dice)

    def _invited(self) -> list[str]:
        states = (MeetingState.INVITED, MeetingState.CONFIRMED)
        return self.meetings(Meeting.state.in_(states))

    def _minute(self, lead: str, point: str, *, is_talked_about: bool) -> None:
        asked = {"kind": "yes", "text": self.word()}
        self.players.ask(lead, "POST", f"{point}/answer", asked)
        self.players.ask(lead, "POST", f"{point}/outcome", {"conclusion": "agreed"})
        if is_talked_about:
            self.players.ask(lead, "POST", f"{point}/minutes/talked", {"text": self.word()})

    def _agree(self, lead: str, path: str, dice: Random) -> None:
        who = dice.choice(["Jonas", "Lise", "Nogen"])
        when = dice.choice(["om 14 dage", "i morgen", ""])
        line = {"line": f"{who} ringer om {self.word()} {when}", "keep": "1"}
        self.done("agree", self.players.ask(lead, "POST", f"{path}/actions", line))

    @rule(dice=_dice)
    @precondition(
        lambda self: self.meetings(Meeting.ended_at.is_not(None), Meeting.published_at.is_(None))
    )
    def publish(self, dice: Random) -> None:
        waiting = self.meetings(Meeting.ended_at.is_not(None), Meeting.published_at.is_(None))
        self._publish(dice.choice(waiting), dice)

    def _publish(self, meeting: str, dice: Random) -> None:
        path, lead = f"/meetings/{meeting}/send-out", self.lead()
        caller = self.players.of["lise"].user_id
        answer = self.players.fill(lead, path, caller=caller)
        if not self.done("publish", answer) and dice.random() < 0.7:
            self._complete(lead, meeting)
            self.done("publish", self.players.fill(lead, path, caller=caller))

    def _complete(self, lead: str, meeting: str) -> None:
        """Give every agreement in draft an owner and a date."""
        for action in self.ids(select(Action.id).where(Action.meeting_id == meeting)):
            path = f"/meetings/{meeting}/actions/{action}/line"
            said = f"Lise ringer om {self.word()} om 14 dage"
            self.players.fill(lead, path, line=said, owner_id="", due_on="")

    # the plan and what comes of it

    @rule(dice=_dice)
    def write_the_plan(self, dice: Random) -> None:
        if not self._plan():
            self.players.ask(self.lead(), "POST", f"{self.case}/plan", {})
        if not (plan := self._plan()):
            return
        who, said = dice.choice(["mia", "lise", "jonas"]), self.word()
        tail = dice.choice(["sections/b", "sections/d", "crisis", "goals"])
        field = "words" if tail == "goals" else "text"
        answer = self.players.fill(who, f"/plans/{plan}/{tail}", **{field: said})
        if not self.done("write the plan", answer):
            return
        key = f"goals {said}" if tail == "goals" else tail
        self.model.words.pop(key, None)  # what is common may be written anew by both sides
        if who == "mia":
            self.keep(key, said)

    def _plan(self) -> str:
        found = self.ids(select(Plan.id).where(Plan.case_id == self.model.case_id))
        return found[0] if found else ""

    @rule(dice=_dice)
    @precondition(lambda self: self.meetings(Meeting.published_at.is_not(None)))
    def say_to_it(self, dice: Random) -> None:
        meeting = dice.choice(self.meetings(Meeting.published_at.is_not(None)))
        said, plan = self.word(), self._plan()
        ways: dict[str, Callable[[], TestResponse | None]] = {
            "disagree": lambda: self.players.ask(
                "mia", "POST", f"/meetings/{meeting}/disagree", {"text": said}
            ),
            "plan": lambda: self.players.fill(
                "mia", f"/plans/{plan}/answer", answer="accepted_but", words=said
            ),
        }
        way = dice.choice(list(ways))
        if self.done(f"say ({way})", ways[way]()):
            self.keep(f"{way} {said if way == 'disagree' else ''}", said)

    @rule(dice=_dice)
    @precondition(lambda self: self._agreed())
    def report(self, dice: Random) -> None:
        action = dice.choice(self._agreed())
        owner = dice.choice(["lise", "jonas"])
        fields = {"status": dice.choice(["done", "in_progress", "waiting"]), "comment": self.word()}
        path = f"/actions/{action}"
        self.done("report", self.players.fill(owner, path, f"{path}/status", **fields))
        said = self.word()
        word = {"word": dice.choice(["yes", "partly", "no"]), "words": said}
        if self.done("say of it", self.players.ask("mia", "POST", f"{path}/said", word)):
            self.keep(f"said {action}", said)

    def _agreed(self) -> list[str]:
        of_case = select(Action.id).where(Action.case_id == self.model.case_id)
        return self.ids(of_case.where(Action.published_at.is_not(None)))

    # anything at all

    @rule(dice=_dice)
    def wander(self, dice: Random) -> None:
        """Somebody opens a page they may open, and sends one of its forms."""
        known = facts.read()
        name = dice.choice(sorted(self.players.of))
        for route in dice.sample(self.routes, 8):
            thing = self._thing(known, route, dice)
            who = self.players.of[name].caller
            if thing is None or judge.expected(known, who, route, thing) is not judge.Wanted.LET_IN:
                continue
            path = route.path(thing.id, _PARTS)
            body = self.players.ask(name, "GET", path).get_data(as_text=True)
            forms = [f for f in pages.read(body, path, name).forms if self._is_safe(f.action)]
            if forms:
                form = dice.choice(forms)
                fields = dict(form.fields)
                if "version" in fields and dice.random() < 0.3:
                    fields["version"] = "0"
                self.done("wander", self.players.ask(name, "POST", form.action, fields))
                return

    def _is_safe(self, action: str) -> bool:
        """Leave to the rules what the model must know of, and logins alone."""
        known = (
            "/logout",
            "/account",
            "/role",
            "/leave",
            "/display",
            "/login",
            "/users",
            "/members",
        )
        tails = (
            "/stop",
            "/close",
            "/reopen",
            "/coordinator",
            "/consent",
            "/new",
            "/permit",
            "/end",
        )
        is_own = action.startswith(("/permits", "/consents", "/mandates", "/i/", "/demo"))
        edits = action.startswith(("/agenda/items", "/goals", "/plans")) or "/prepare" in action
        return not (action.startswith(known) or action.endswith(tails) or is_own or edits) and (
            "/team/" not in action and "/person" not in action
        )

    def _thing(self, known: facts.Facts, route: Any, dice: Random) -> facts.Thing | None:
        rows = sorted(known.rows.get(route.table, {}))
        return facts.Thing(route.table, dice.choice(rows)) if rows else None

    @rule()
    def night(self) -> None:
        """The worker's jobs run: reminders, rights that end, mail that goes nowhere."""
        reminders.tick(now())
        jobs.pass_day(now())
        outbox.drain(now(), lambda _letter: None)
        db.session.rollback()

    # the end

    @property
    def is_open(self) -> bool:
        """Tell whether the case goes on."""
        return not self.model.is_closed

    @rule(dice=_dice)
    @precondition(lambda self: self.is_open and self.steps > 15)
    def close(self, dice: Random) -> None:
        owed = dice.choice(["go_on", "lapse"])
        fields = {"kind": "done", "reason": self.word(), "owed": owed}
        answer = self.players.fill(self.lead(), f"{self.case}/close", **fields)
        self.model.is_closed = self.done("close", answer)

    @rule()
    @precondition(lambda self: self.model.is_closed)
    def reopen(self) -> None:
        path = f"{self.case}/close"
        reason = self.word()
        answer = self.players.fill(self.lead(), path, f"{self.case}/reopen", reason=reason)
        self.model.is_closed = not self.done("reopen", answer)

    @rule()
    @precondition(lambda self: self.model.is_closed)
    def erase(self) -> None:
        """Its time is over: nothing is left, for nobody; then another case is opened."""
        long_ago = now() - timedelta(days=366 * 11)
        held = update(Case).where(Case.id == self.model.case_id)
        db.session.execute(held.values(closed_at=long_ago))
        erasing.note(self.model.case_id, Keeping.COPIED, "Journalen", at=now())
        db.session.commit()
        assert jobs.erase_due(now(), years=YEARS, ledger=self.folder / "erased.log") == 1
        self.truths.erased, self.model.words = True, {}
        self.truths.rows()
        self.truths.nothing_left()
        for name in ("lise", "jonas", "rune"):
            self.truths.door(name)
        Life.tally["erased"] += 1
        self.open_case()

    # what must be true

    @invariant()
    def holds(self) -> None:
        """Look at two doors, one page of the matrix, the agreements; at all of it now and then."""
        if not self.model.case_id:
            return
        self.steps += 1
        self.truths.agreements()
        dice = Random(self.steps * 7919 + self.counted)
        for name in dice.sample(sorted(self.players.of), 2):
            self.truths.door(name)
        self._probe(dice)
        if self.steps % EVERY == 0:
            self._look()

    def _look(self) -> None:
        self.truths.rows()
        self.truths.typed()
        self.truths.agreements()

    def _probe(self, dice: Random) -> None:
        """Somebody asks for any row of any kind: the answer is the matrix', as of now."""
        known, route = facts.read(), dice.choice(self.routes)
        name, thing = dice.choice(sorted(self.players.of)), self._thing(known, route, dice)
        if thing is None or name in self.model.without_role:
            return
        wanted = judge.expected(known, self.players.of[name].caller, route, thing)
        answer = self.players.ask(name, "GET", route.path(thing.id, _PARTS))
        told = f"{name} {route.endpoint}: {wanted}, {answer.status_code}"
        is_let_in = wanted is judge.Wanted.LET_IN
        # Who may read what is not there yet gets 404 too.
        is_missing = is_let_in and answer.status_code == 404
        assert is_missing or judge.is_as_expected(wanted, route, answer), told
        if not is_let_in:
            assert CANARY not in answer.get_data(as_text=True), told
        Life.tally["probes"] += 1


_PARTS = {
    **dict.fromkeys(("action_id", "role_id", "user_id", "user"), judge.NOBODYS),
    "question": "matters",
    "field": "talked",
    "key": "d",
    "n": 1,
    "door": "person",
}
