"""Every operation leaves exactly one row of the log, allowed or denied (``security.md`` T26).

On the stage of the matrix what a request changes is rolled back and its rows of the log are kept,
so that everything may be tried by everybody. Rows are counted at the first line of the answer, by
a connection that sees only what has been committed.
"""

import re
from collections import Counter
from datetime import timedelta
from itertools import islice, product

import pytest
from sqlalchemy import text

from netmeet.audit import service as audit
from netmeet.core.db import db
from netmeet.core.permissions import LOOKS, Permission
from netmeet.core.trail import entry
from tests import soak
from tests.access import facts, judge, oracle, pages, routes
from tests.access.canary import heard
from tests.access.judge import Wanted, expected, own_case
from tests.access.routes import NOBODYS
from tests.web.sweep import acts
from tests.world import now

BESIDE = {
    "accounts.add_user": {"user.create_staff"},  # an account, and what it is for
    "actions.mine": {"action.read"},  # the list, and each case it reads of
    "cases.add_colleague_with_consent": {"network.add_staff"},  # a yes, and somebody added by it
    "cases.add_guest": {"invitation.add_staff_guest"},  # the same
    "cases.add_own_relative": {"network.add_relative"},  # the same
    "cases.add_relative": {"network.add_relative"},  # the same
    "cases.closed": {"patient.list_mine"},  # the list, and each case in it
    "cases.open_case": {"patient.create"},  # the case, and whom it is about
    "indicators.committee": {"indicators.read"},  # the report, and the figures in it
    "indicators.overview": {"indicators.read", "action.read_meta"},  # three sorts of figures
    # What was not taken is shown on the same page as before, with what was promised last time.
    "invitations.decide": {"action.read"},
    "invitations.deputy": {"action.read"},
    "invitations.respond": {"action.read"},
    "invitations.write": {"action.read"},
    # All who may be invited at once: a row for each, about each.
    # And whom the person does not want there, which is never put on the list with the rest.
    "invitations.add": {
        *("invitation.create_staff", "invitation.create_relative_or_guest"),
        *("invitation.create_interpreter", "preparation.read"),
    },
    # The list, and whom the person does not want there; shown again with what was not taken.
    "invitations.change": {"preparation.read"},
    "invitations.decline_deputy": {"preparation.read"},
    "invitations.edit": {"preparation.read"},
    "invitations.enter": {"preparation.read"},
    "invitations.invite_deputy": {"preparation.read"},
    "invitations.letter_with_code": {"invitation.print_letter"},  # a code, and it is printed
    "invitations.send": {"preparation.read"},  # as the list
    "meetings.accept_request": {"meeting.create"},  # a yes, and the meeting it makes
    "meetings.prepared": {"preparation.read"},  # what may be talked about, and what may not
    "meetings.question": {"preparation.read_not_to_discuss"},  # the same
    # A meeting without the person, and what the person has said of that.
    "meetings.room_start": {"preparation.read"},
    "pages.answer": {"action.read"},  # the invitation, and what was promised last time
    # The front page, and each case, meeting and agreement it speaks of.
    "pages.home": {
        *("case.read", "patient.list_mine", "meeting.read", "action.read"),
        *("dashboard.unit_counts", "action.read_meta"),
    },
    "plans.correct": {"plan.publish_version"},  # so do minutes that were corrected
    "plans.publish": {"plan.publish_version"},  # minutes and plan go out in one
}
"""What some addresses do besides, on purpose: two operations are two rows, each its own."""

INSTEAD = {
    "actions.own": {"action.update_status", "action.cancel"},
    "actions.parse": {"meeting.read"},
    "invitations.add": {
        *("invitation.create_staff", "invitation.create_relative_or_guest"),
        "invitation.create_interpreter",
    },
    "invitations.invite_deputy": {
        *("invitation.create_staff", "invitation.create_relative_or_guest"),
        "invitation.add_staff_guest",
    },
    "pages.minutes": {"minutes.read_published", "minutes.read_draft"},
    "plans.edit_section": {"plan.edit_own_section", "plan.edit_any_section"},
}
"""Where only the form or the thing tells which operation it is."""

FOLLOWED = {"actions.parse", "pages.room"}
"""Screens that stay open: what is fetched within a quarter of an hour is covered by its row."""

NO_DECISION = {Wanted.SIGN_IN, Wanted.PROVE}
"""Nobody has been judged yet: who is asked who they are comes again, and leaves the row then."""

APART = {"", "user", "organisation", "unit"}
"""Tables of pages that are about nobody's case."""

MISSING, NOT_NOW = 404, 409
DENIED = {403, MISSING}
ADMITTED = 400
"""After so many requests everybody signs in anew: a proof holds for ten minutes."""
TRIES = 150 if soak.IS_FULL else 30


def things(stage, known, route, seat):
    """Return what the route may be asked about: every row of its table, and one that is not."""
    if route.table == "":
        return [facts.NOTHING]
    if route.table == "own":
        return [own_case(known, seat.caller)]
    ids = stage.secrets.get(route.table) or stage.ids[route.table]
    return [facts.Thing(route.table, one) for one in [*ids, NOBODYS]]


def owed(stage):
    """Return the operations that are tried: all, in the short run on each database every other."""
    found = {route.operation for route in routes.found(stage.app)}
    found = sorted(name for name in found if not name.startswith("public."))
    return set(found if soak.IS_FULL else found[stage.is_postgresql :: 2])


def cells(stage, known):
    """Yield who asks for what, each operation allowed and denied, in the full run by each role."""
    seen, wanted_of = set(), owed(stage)
    for route in routes.found(stage.app):
        if route.operation not in wanted_of or route.endpoint == "accounts.end_session":
            continue  # whoever ends their login is gone for the rest of the sweep
        for persona in stage.personas.values():
            for seat in (persona.fresh, persona.stale):
                who = seat.caller
                for thing in things(stage, known, route, seat):
                    wanted = expected(known, who, route, thing)
                    sort = (route.endpoint, route.method, wanted, who.role)
                    sort = sort if soak.IS_FULL else (route.operation, wanted)
                    if sort not in seen:
                        seen.add(sort)
                        yield route, seat, thing, wanted


def own_rows(route, answer):
    """Return what the one row may say: the act, or a look where a page was only shown."""
    is_done = route.method == "POST" and answer.status_code < 400
    if route.endpoint in INSTEAD and (is_done or route.operation in LOOKS):
        return INSTEAD[route.endpoint] | ({route.operation} if not is_done else set())
    return {route.operation if is_done else route.reads}


def is_hidden(known, who, route, thing):
    """Tell whether the address finds nothing there for this caller, so that nothing is named."""
    return not judge._is_there(known, who, route, thing)  # noqa: SLF001 - the judge's own word


def faults(known, seat, route, thing, wanted, answer, rows):
    """Return the rows when they are not exactly what the log owes."""
    code, who = answer.status_code, seat.caller
    if code not in DENIED and (
        wanted in NO_DECISION or (route.method == "GET" and code in range(300, 304))
    ):
        return rows  # a page that leads on has shown nothing: where it leads to logs
    if route.endpoint in FOLLOWED and not rows:
        return rows
    is_not_shown = code == MISSING or (route.method == "GET" and code == NOT_NOW)
    if is_not_shown and wanted is Wanted.LET_IN and not rows:
        return rows  # who may, and asks for what is not there or not now, was not turned away
    is_denied = code in DENIED or wanted not in {Wanted.LET_IN, *NO_DECISION}
    own = {route.operation} if is_denied else own_rows(route, answer)
    if is_denied and route.endpoint in INSTEAD:
        own = own | INSTEAD[route.endpoint]
    beside = set() if is_denied else BESIDE.get(route.endpoint, set())
    first = [row for row in rows if row["operation"] in own][:1]
    more = [row for row in rows if row not in first]
    case = None if is_hidden(known, who, route, thing) else known.case_of(thing)
    is_good = (
        len(first) == 1
        and {row["operation"] for row in more} <= beside
        and all(row["allowed"] is not is_denied for row in rows)
        and len({(row["operation"], row["object_id"]) for row in rows}) == len(rows)
        and (case is None or all(row["case_id"] == case["id"] for row in rows))
    )
    return [] if is_good else rows or ["none"]


@pytest.fixture(scope="session")
def furnished():
    """Remember which stages have been furnished."""
    return set()


@pytest.fixture
def known(stage, furnished):
    """Return the facts of the stage, on which a meeting is going on as well."""
    if id(stage) not in furnished:
        acts.furnish(stage)
        furnished.add(id(stage))
    stage.admit()
    return stage.facts()


class Count:
    """What was asked, what was wrong, and which operations were allowed and denied."""

    def __init__(self, stage, known, watch):
        self.stage, self.known, self.watch = stage, known, watch
        self.asked, self.wrong = 0, Counter()
        self.allowed, self.denied = set(), set()

    def look(self, route, seat, thing, wanted, answer):
        """Judge the rows of one request."""
        rows, self.asked = self.watch.rows, self.asked + 1
        if self.asked % ADMITTED == 0:
            self.stage.admit()
        self.allowed |= {row["operation"] for row in rows if row["allowed"]}
        self.denied |= {row["operation"] for row in rows if not row["allowed"]}
        if said := faults(self.known, seat, route, thing, wanted, answer, rows):
            told = [(row["operation"], row["allowed"]) for row in said if row != "none"]
            self.wrong[route.method, route.endpoint, wanted, answer.status_code, str(told)] += 1


def printed(stage, known, dice):
    """Return the fields of every form the pages print, by the view that takes them."""
    adapter, found = stage.app.url_map.bind("localhost"), {}
    for form in pages.forms(stage, known, dice):
        rule, _parts = adapter.match(form.action.partition("?")[0], "POST", return_rule=True)
        found.setdefault(rule.endpoint, form.fields)
    return found


@pytest.mark.soak
def test_every_operation_leaves_one_row_allowed_and_denied(stage, known, watch):
    count, begun = Count(stage, known, watch), watch.count()
    for route, seat, thing, wanted in cells(stage, known):
        path = route.path(thing.id or NOBODYS, stage.first_parts)
        data = {} if route.method == "POST" else None
        answer = stage.ask(seat, route.method, path, data)
        count.look(route, seat, thing, wanted, answer)
    operations = owed(stage)
    for_all = {name for name in operations if all("self" in c for c in _cells_of(name))}
    silent = operations - count.denied - for_all
    print(
        f"T26: {count.asked} requests, {len(operations)} operations, {len(count.allowed)} allowed "
        f"and {len(count.denied)} denied, {watch.count() - begun} rows, "
        f"{count.wrong.total()} wrong"
    )
    assert not count.wrong, "\n".join(map(str, count.wrong))
    assert not silent


def _cells_of(operation):
    """Return the cells of the matrix in which somebody who has signed in may do it."""
    return [c for role, c in oracle.CELLS[operation].items() if role not in {"anon", "sys"}]


@pytest.mark.soak
def test_every_act_leaves_one_row_when_it_is_done(stage, known, watch):
    """Good forms of every address that takes one; a tenth of them by chance in the short run."""
    dice, count, done = soak.dice(), Count(stage, known, watch), 0
    posts = [one for one in routes.found(stage.app) if one.method == "POST"]
    posts = [
        one
        for one in posts
        if not one.operation.startswith("public.") and one.endpoint not in acts.ELSEWHERE
    ]
    forms = printed(stage, known, dice) if soak.IS_FULL else {}
    undone = []
    for route in posts if soak.IS_FULL else dice.sample(posts, len(posts) // 10):
        shown = forms.get(route.endpoint, {})
        for act in islice(acts.good_forms(stage, known, route, shown), TRIES):
            persona, thing, _form = act
            watch.count()
            answer = acts.ask(stage, known, route, persona.fresh, act)
            count.look(route, persona.fresh, thing, Wanted.LET_IN, answer)
            if answer.status_code < 400 and "/step-up" not in answer.headers.get("Location", ""):
                done += 1
                break
        else:
            undone.append(route.endpoint)
    print(
        f"T26: {count.asked} forms, {done} acts of {len(posts)} done, "
        f"{len(count.allowed)} operations, {count.wrong.total()} without exactly their row"
    )
    assert not count.wrong, "\n".join(map(str, count.wrong))
    assert not undone or not soak.IS_FULL, undone


def test_a_page_that_was_only_shown_is_never_told_as_a_change(app):
    """Whatever form somebody opens about a person: the person reads of a look, not of a change."""
    shown = [one for one in routes.found(app) if one.method == "GET" and one.table not in APART]
    assert {one.endpoint for one in shown} >= {"cases.tell_staff", "meetings.room_people"}
    assert [one.endpoint for one in shown if one.reads not in LOOKS] == []


def test_who_only_opened_the_form_to_tell_has_written_nothing(world, client):
    case = world.case(relative=world.hanne)
    mia, path = case.person.user, f"/cases/{case.id}/tell"
    world.sign_in(client, world.hanne)
    client.get(path)
    assert client.send(path, {"text": ""}).status_code == 422
    world.sign_in(client, mia)
    page = client.get("/access-log").text
    assert "Hanne, søster, har læst det, en pårørende har fortalt to gange." in page
    assert "skrevet eller ændret" not in page


FULL_LOG = {
    False: (
        """CREATE TRIGGER log_is_full BEFORE INSERT ON audit_event
        BEGIN SELECT RAISE(ABORT, 'the log is full'); END""",
        "DROP TRIGGER log_is_full",
    ),
    True: (
        "ALTER TABLE audit_event ADD CONSTRAINT log_is_full CHECK (false) NOT VALID",
        "ALTER TABLE audit_event DROP CONSTRAINT log_is_full",
    ),
}


def in_database(stage, statement):
    """Do something only who owns the database can."""
    with stage.app.app_context():
        db.session.execute(text(statement))
        db.session.commit()
        db.session.remove()


@pytest.fixture
def first_acts(stage, known):
    """Return for every address a page that opens, or a good form, found while the log has room."""
    found = [one for one in routes.found(stage.app) if not one.operation.startswith("public.")]
    found = found if soak.IS_FULL else soak.dice().sample(found, len(found) // 10)
    good = [(route, act) for route in found for act in islice(_opening(stage, known, route), 1)]
    stage.admit()  # the row of what was opened just now covers nothing in another login
    return good


def _opening(stage, known, route):
    for act in islice(acts.good_forms(stage, known, route, {}), TRIES):
        persona, _thing, _form = act
        is_form = route.method == "POST"
        if is_form or acts.ask(stage, known, route, persona.fresh, act).status_code < 400:
            yield act


@pytest.fixture
def full_log(stage, first_acts):
    """Let the database refuse every further row of the log; nothing is rolled back for the test."""
    begins, ends = FULL_LOG[stage.is_postgresql]
    in_database(stage, begins)
    stage.forgets = False
    yield
    stage.forgets = True
    in_database(stage, ends)


@pytest.mark.soak
def test_without_its_row_nothing_is_shown_and_nothing_done(
    stage, known, watch, first_acts, full_log
):
    """An operation whose row cannot be written fails (ASVS 16.5.3)."""
    before, wrong = stage.contents(), Counter()
    for route, act in first_acts:
        persona, _thing, form = act
        answer = acts.ask(stage, known, route, persona.fresh, act)
        # What they have just sent themselves is given back to them, and nothing else.
        is_silent = not heard(answer.get_data(as_text=True)) - heard(str(form))
        # A page that leads on, and one that is not there, show nothing and have no row; a
        # request that is no form at all (400) and one that is asked too often (429) stop
        # before anybody is judged.
        if not is_silent or answer.status_code not in {500, 303, 400, MISSING, 429}:
            wrong[route.method, route.endpoint, answer.status_code, is_silent] += 1
    print(f"T26: {len(first_acts)} requests while the log takes no row, {wrong.total()} answered")
    assert not wrong, "\n".join(map(str, wrong))
    assert stage.contents() == before


def test_who_has_seen_my_plan_shows_every_row_there_is(world, client):
    """Every operation there is, allowed and denied, by whoever may be near the case."""
    case = world.case(relative=world.hanne)
    people = (world.lise, world.jonas, world.stranger, world.manager)
    kept = Counter()
    for number, (operation, allowed) in enumerate(product(Permission, (True, False))):
        user = people[number % len(people)]
        actor = world.actor(user, at=now() - timedelta(hours=1, seconds=number))
        audit.record([entry(actor, operation, case, allowed=allowed)])
        kept[actor.at.isoformat()] += 1
    world.sign_in(client, case.person.user)
    shown = Counter(re.findall(r'<time datetime="([^"]+)">', client.get("/access-log").text))
    before = client.get(f"/access-log?week={(now() - timedelta(weeks=12)).date()}").text
    print(f"T26: {kept.total()} rows about a person, {shown.total()} shown to them")
    assert shown == kept
    assert "<time" not in before
