"""A case from its opening to its erasure, led by chance (T11)."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from netmeet.accounts import jobs as accounts
from netmeet.accounts import rules
from netmeet.cases import jobs
from netmeet.cases.models import Case
from netmeet.cases.rules import Keeping
from netmeet.cases.service import erasing
from netmeet.core.db import db
from netmeet.meetings.models import Meeting, MeetingRequest
from netmeet.outbox import jobs as outbox
from netmeet.plans.models import Plan
from netmeet.reminders import jobs as reminders
from tests.access import facts, judge, pages, routes
from tests.misuse.led import DICE
from tests.misuse.led_meeting import OFF, Meetings
from tests.misuse.led_network import Network
from tests.misuse.truths import CANARY
from tests.world import now

YEARS = {"region": 10, "municipality": 5, "practice": 10, "other": 10}
STEPS = 50
EVERY = 5
"""Steps between two looks at what changes seldom."""


class Life(Network, Meetings):
    """People act on one case through its pages; after each act the truths must hold."""

    steps = 0

    def teardown(self) -> None:
        """Look at everything once more."""
        try:
            self._look()
            self.truths.chain()
        finally:
            db.session.remove()
            self.context.pop()
        self.tally["examples"] += self.steps >= STEPS
        self.tally["steps"] += self.steps

    # the plan and what comes of it ----------------------------------------------------------------

    @rule(dice=DICE)
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

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["published"])
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

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["agreed"])
    def report(self, dice: Random) -> None:
        action = dice.choice(self.agreed())
        owner = dice.choice(["lise", "jonas"])
        fields = {"status": dice.choice(["done", "in_progress", "waiting"]), "comment": self.word()}
        path = f"/actions/{action}"
        self.done("report", self.players.fill(owner, path, f"{path}/status", **fields))
        said = self.word()
        word = {"word": dice.choice(["yes", "partly", "no"]), "words": said}
        if self.done("say of it", self.players.ask("mia", "POST", f"{path}/said", word)):
            # Another answer or report takes its place on the agreement; the history keeps it.
            self.keep(f"said {action}", said, table="status_change")

    # anything at all ------------------------------------------------------------------------------

    @rule(dice=DICE)
    def act_anyhow(self, dice: Random) -> None:
        """Somebody opens a page they may open, and sends one of its forms."""
        known = facts.glimpse()
        name = dice.choice(["mia", self.lead(), *self.players.of])
        for route in dice.sample(self.routes, 20):
            thing = self._thing(known, route, dice)
            who = self.players.of[name].caller
            if thing is None or judge.expected(known, who, route, thing) is not judge.Wanted.LET_IN:
                continue
            path = route.path(thing.id, routes.NO_PARTS)
            body = self.players.ask(name, "GET", path).get_data(as_text=True)
            forms = [f for f in pages.read(body, path, name).forms if self._is_safe(f.action)]
            if forms:
                form = dice.choice(forms)
                fields = dict(form.fields)
                if "version" in fields and dice.random() < 0.3:
                    fields["version"] = "0"
                self.done("anyhow", self.players.ask(name, "POST", form.action, fields))
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
        rows = sorted(known.rows[route.table])
        return facts.Thing(route.table, dice.choice(rows)) if rows else None

    @rule()
    def night(self) -> None:
        """The worker's jobs run: reminders, rights that end, mail that goes nowhere."""
        reminders.tick(now())
        jobs.pass_day(now())
        outbox.drain(now(), lambda _letter: None)
        db.session.rollback()

    # the end --------------------------------------------------------------------------------------

    @rule(dice=DICE)
    @precondition(lambda self: self.is_open and self.steps > 15)
    def close(self, dice: Random) -> None:
        self._settle(dice)
        owed = dice.choice(["go_on", "lapse"])
        fields = {"kind": "done", "reason": self.word(), "owed": owed}
        answer = self.players.fill(self.lead(), f"{self.case}/close", **fields)
        self.model.is_closed = self.done("close", answer)

    def _settle(self, dice: Random) -> None:
        """Let no meeting and no wish wait."""
        lead, words = self.lead(), {"reason": self.word(), **OFF}
        for meeting in self.meetings(Meeting.ended_at.is_(None)):
            self.players.fill(lead, f"/meetings/{meeting}/cancel", **words)
        for meeting in self.meetings(Meeting.ended_at.is_not(None), Meeting.published_at.is_(None)):
            self._publish(meeting, dice)
        waiting = select(MeetingRequest.id).where(MeetingRequest.decided_at.is_(None))
        for request in self.ids(waiting):
            no = {"reason": self.word(), "alternative": self.word()}
            self.players.ask(lead, "POST", f"/requests/{request}/decline", no)

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
        # What somebody was writing when their login ended is kept for an hour, and no longer.
        accounts.tidy(now() + rules.PARKED_LASTS + timedelta(minutes=1))
        assert jobs.erase_due(now(), years=YEARS, ledger=self.folder / "erased.log") == 1
        self.truths.erased, self.model.words = True, {}
        self.truths.rows()
        self.truths.nothing_left()
        for name in ("lise", "jonas", "rune"):
            self.truths.door(name)
        self.tally["erased"] += 1
        self.open_case()

    # what must be true ----------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """Look at two doors, one page of the matrix, the agreements; at all of it now and then."""
        if not self.model.case_id:
            return
        self.steps += 1
        self.truths.agreements()
        dice = Random(self.steps * 7919 + self.counted)
        self.truths.door(dice.choice(sorted(self.players.of)))
        self._probe(dice)
        if self.steps % EVERY == 0:
            self._look()
        self.look_about()

    def _look(self) -> None:
        self.truths.rows()
        self.truths.typed()
        self.truths.agreements()

    def _probe(self, dice: Random) -> None:
        """Somebody asks for any row of any kind: the answer is the matrix', as of now."""
        known, route = facts.glimpse(), dice.choice(self.routes)
        name, thing = dice.choice(sorted(self.players.of)), self._thing(known, route, dice)
        if thing is None or name in self.model.without_role:
            return
        wanted = judge.expected(known, self.players.of[name].caller, route, thing)
        answer = self.players.ask(name, "GET", route.path(thing.id, routes.NO_PARTS))
        told = f"{name} {route.endpoint}: {wanted}, {answer.status_code} {answer.location}"
        is_let_in = wanted is judge.Wanted.LET_IN
        # Who may read what is not there yet gets 404 too.
        is_missing = is_let_in and answer.status_code in {403, 404}
        assert is_missing or judge.is_as_expected(wanted, answer), told
        if not is_let_in:
            assert CANARY not in answer.get_data(as_text=True), told
        self.tally["probes"] += 1
