"""A meeting from the wish for it to what is sent out."""

import re
from datetime import timedelta
from random import Random

from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from netmeet.actions.models import Action
from netmeet.core import clock
from netmeet.meetings.models import AgendaItem, Meeting, MeetingRequest
from netmeet.meetings.rules import MeetingState
from tests.misuse.led import DICE, NEAR, Led
from tests.misuse.truths import STAFF

OFF = {"asked_by": "person", "moved_why": "person", "told_how": "phone"}
"""What is noted when a meeting does not take place."""


class Meetings(Led):
    """Meetings, their agendas, minutes and agreements."""

    @rule(dice=DICE)
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

    @rule(dice=DICE)
    @precondition(lambda self: self.is_open and len(self.seen["all"]) < 4)
    def plan_a_meeting(self, dice: Random) -> None:
        self._plan_a_meeting(dice)

    def _plan_a_meeting(self, dice: Random) -> None:
        day = (clock.today() + timedelta(days=dice.randrange(1, 30))).isoformat()
        fields = {"purpose": self.word(), "place": self.word(), "date": day, "time": "13:00"}
        more = {"minutes": "45", "kind": "outpatient", "video_link": ""}
        who, path = dice.choice([self.lead(), self.lead(), "jonas"]), f"{self.case}/meetings/new"
        answer = self.players.fill(who, path, **fields, **more)
        if self.done("plan a meeting", answer) and dice.random() < 0.8:
            self._invite(answer.location)

    def _invite(self, path: str) -> None:
        lead = self.lead()
        self.players.ask(lead, "POST", f"{path}/invitations/add", {})
        answer = self.players.fill(lead, f"{path}/invitations", f"{path}/invitations/send")
        self.done("invite", answer)

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["all"])
    def prepare(self, dice: Random) -> None:
        meeting, said = dice.choice(self.seen["all"]), self.word()
        question = dice.choice(["matters", "help", "goes_well", "practical"])
        who = dice.choice(["mia", "mia", "lise"])
        path = f"/meetings/{meeting}/prepare/{question}"
        answer = self.players.fill(who, path, text=said, go="next")
        if self.done("prepare", answer):
            self.keep(f"{question} {meeting}", said)

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["all"])
    def propose(self, dice: Random) -> None:
        who = dice.choice([name for name in NEAR if name in self.players.of])
        self._propose(who, f"/meetings/{dice.choice(self.seen['all'])}")

    def _propose(self, who: str, meeting: str) -> None:
        said, path = self.word(), f"{meeting}/agenda"
        page = f"{path}/new" if who in STAFF else path
        answer = self.players.fill(who, page, path, title=said, decider="")
        if self.done("propose", answer) and who == "mia":
            self.keep(f"point {said}", said)

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["all"])
    def agree_on_the_agenda(self, dice: Random) -> None:
        path = f"/meetings/{dice.choice(self.seen['all'])}/agenda"
        self.done("share", self.players.ask(self.lead(), "POST", f"{path}/share", {}))
        page = self.players.ask("mia", "GET", path).get_data(as_text=True)
        seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
        if seen is not None:
            yes = {"how": "digital", "seen": seen[1]}
            self.done("approve", self.players.ask("mia", "POST", f"{path}/approve", yes))

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["all"])
    def answer(self, dice: Random) -> None:
        path = f"/meetings/{dice.choice(self.seen['all'])}/answer"
        who = dice.choice([name for name in NEAR if name in self.players.of])
        said = {"answer": dice.choice(["yes", "maybe", "no"])}
        self.done("answer", self.players.ask(who, "POST", path, said))

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["all"])
    def put_off_or_call_off(self, dice: Random) -> None:
        path, verb = (
            f"/meetings/{dice.choice(self.seen['all'])}",
            dice.choice(["postpone", "cancel"]),
        )
        day = (clock.today() + timedelta(days=dice.randrange(1, 30))).isoformat()
        more = {"date": day, "time": "10:00"} if verb == "postpone" else {}
        answer = self.players.fill(self.lead(), f"{path}/{verb}", **OFF, reason=self.word(), **more)
        self.done(verb, answer)

    @rule(dice=DICE)
    @precondition(lambda self: self.is_open)
    def hold(self, dice: Random) -> None:
        """A meeting from its beginning to its end, and often sent out at once."""
        if not self._invited():
            self._plan_a_meeting(dice)
        if not (invited := self._invited()):
            return
        meeting, lead = dice.choice(invited), self.lead()
        path = f"/meetings/{meeting}"
        self._propose("mia", path)
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

    @rule(dice=DICE)
    @precondition(lambda self: self.seen["ended"])
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
