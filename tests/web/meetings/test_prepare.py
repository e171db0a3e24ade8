"""The person prepares on a phone."""

import re

import pytest
from sqlalchemy import select

from netmeet.cases.rules import MandateScope, RepresentationKind
from netmeet.cases.service import mandates
from netmeet.cases.service.network import Newcomer
from netmeet.core.db import db
from netmeet.meetings.models import Meeting, PreparationAnswer
from netmeet.meetings.rules import MeetingState, Question
from tests.reader import StrictClient, brought
from tests.world import World, now

JSON = {"Accept": "application/json"}


def begin(world: World, client: StrictClient) -> Meeting:
    meeting = world.meeting(world.case(relative=world.hanne))
    world.made["mia"] = meeting.case.person.user
    world.sign_in(client, world.made["mia"])
    return meeting


def kept(question: str) -> PreparationAnswer:
    statement = select(PreparationAnswer).where(PreparationAnswer.question == Question(question))
    return db.session.scalars(statement).one()


def test_it_opens_with_how_one_wants_to_answer(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    assert "Hvordan vil du helst svare?" in client.get(path).get_data(as_text=True)
    assert client.send(path, {"way": "self"}).location == f"{path}/matters"
    assert client.send(path, {"way": "nonsense"}).location == path
    for way, words in [
        ("call", "Lise har fået besked om at ringe til dig."),
        ("paper", "Hent spørgsmålene, og print dem"),
        ("not_today", "Spørgsmålene venter her"),
        ("helper", "Ring til Lise, så skriver I sammen."),
    ]:
        assert client.send(path, {"way": way}).location == path
        page = client.get(path).get_data(as_text=True)
        assert words in page
        (pressed,) = re.findall(r'value="(\w+)"\s+aria-pressed="true"', page)
        assert pressed == way


def test_who_has_begun_may_still_ask_somebody_to_write(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    client.send(f"{path}/help", {"text": "En ny bolig", "version": "0"})
    assert client.send(path, {"way": "helper"}).location == path
    page = client.get(path).get_data(as_text=True)
    assert "Ring til Lise, så skriver I sammen." in page
    assert re.findall(r'value="(\w+)"\s+aria-pressed="true"', page) == ["helper"]


def test_who_helps_reads_how_far_the_person_has_come(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    client.send(f"{path}/help", {"text": "En ny bolig", "version": "0"})
    world.sign_in(client, world.lise)
    assert "Mia har svaret på 1 af 7. Resten kan vente." in client.get(path).text


def test_all_seven_questions_lead_on_to_the_page_of_all(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    given: dict[str, dict[str, object]] = {
        "matters": {"text": "At bo for mig selv", "words": ["housing"]},
        "help": {"text": "En ny bolig"},
        "goes_well": {"words": ["friends"]},
        "not_talk": {"text": "Min far"},
        "who": {f"who-{world.hanne.id}": "part", f"who-{world.jonas.id}": "nonsense"},
        "practical": {"words": ["breaks", "nonsense"], "hard": "Larm", "helps": "Ro"},
        "without_me": {"choice": "no"},
    }
    order = list(given)
    for place, (question, fields) in enumerate(given.items()):
        page = client.get(f"{path}/{question}?alone=1").get_data(as_text=True)
        assert f"Spørgsmål {place + 1} af 7" in page
        assert ("Det er nok til et godt møde" in page) is (question == "goes_well")
        answer = client.send(f"{path}/{question}", {**fields, "version": "0"})
        onward = [*order, "all"][place + 1]
        assert (answer.status_code, answer.location) == (303, f"{path}/{onward}")
        assert client.get(f"{path}/{question}?alone=1").status_code == 200
    page = client.get(f"{path}/all").get_data(as_text=True)
    for words in (
        "At bo for mig selv",
        "Mine venner",
        "Hanne Sørensen må komme til en del af mødet.",
        "Pauser undervejs",
        "Nej, vent på mig.",
    ):
        assert words in page
    assert "Jonas Holm skal" not in page
    assert "Se alle dine svar" in client.get(path).get_data(as_text=True)


def test_who_reads_stands_by_name_under_the_field(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    assert "Lise Dam kan læse det." in client.get(f"{path}/matters").get_data(as_text=True)
    page = client.get(f"{path}/not_talk").get_data(as_text=True)
    assert "Kun Lise Dam kan læse det." in page
    assert "Lise siger stop, hvis nogen taler om det" in page


def guarded(world: World) -> Meeting:
    """Return a meeting of a case whose person has a guardian."""
    case = world.case()
    meeting = world.meeting(case)
    guardian = Newcomer(name="Ole Værge", email="ole@example.org")
    mandates.record(
        case,
        guardian,
        mandates.Mandate(
            kind=RepresentationKind.GUARDIAN,
            scopes={MandateScope.PERSONAL},
            document="Bevilling 7",
        ),
        by=world.actor(world.lise),
        at=now(),
    )
    world.made["mia"] = case.person.user
    world.made["ole"] = next(m.user for m in case.members if m.name == guardian.name)
    return meeting


def test_a_guardian_stands_among_who_reads(world: World, client: StrictClient) -> None:
    meeting = guarded(world)
    world.sign_in(client, world.made["mia"])
    page = client.get(f"/meetings/{meeting.id}/prepare/not_talk").get_data(as_text=True)
    assert "Kun Lise Dam og Ole Værge kan læse det." in page


def test_what_a_guardian_writes_counts_and_says_who_wrote(
    world: World, client: StrictClient
) -> None:
    meeting = guarded(world)
    path = f"/meetings/{meeting.id}/prepare"
    world.sign_in(client, world.made["ole"])
    for page in (client.get(path).text, client.get(f"{path}/goes_well").text):
        assert "Du skriver for Mia." in page
        assert "siger selv ja" not in page
    client.send(f"{path}/goes_well", {"text": "Hun kan lide sin hund", "version": "0"})
    assert kept("goes_well").confirmed_at is not None
    world.sign_in(client, world.made["mia"])
    page = client.get(f"{path}/all").text
    assert "Ole Værge har skrevet det." in page
    assert "venter på et ja" not in page
    same = {"text": "Hun kan lide sin hund", "version": str(kept("goes_well").version)}
    client.send(f"{path}/goes_well", same)
    assert "Ole Værge har skrevet det." in client.get(f"{path}/all").text


def test_what_a_guardian_asks_for_is_told_as_on_behalf_of_the_person(
    world: World, client: StrictClient
) -> None:
    meeting = guarded(world)
    path = f"/meetings/{meeting.id}"
    world.sign_in(client, world.made["mia"])
    client.send(f"{path}/prepare/help", {"text": "En ny bolig", "version": "0"})
    world.sign_in(client, world.made["ole"])
    more = {"text": "En ny bolig\nRo til at sove", "version": str(kept("help").version)}
    client.send(f"{path}/prepare/help", more)
    world.sign_in(client, world.lise)
    page = client.get(f"{path}/agenda").text
    assert "En ny bolig" in page.partition("Ro til at sove")[0]
    assert page.count("Skrevet af Ole på vegne af Mia.") == 1
    assert "Skrevet af Ole" in page.partition("Ro til at sove")[2]


def test_who_goes_on_past_a_helpers_text_says_yes_to_it(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    world.sign_in(client, world.lise)
    client.send(f"{path}/goes_well", {"text": "Min hund", "version": "0"})
    world.sign_in(client, world.made["mia"])
    same = {"text": "Min hund", "version": str(kept("goes_well").version)}
    client.send(f"{path}/goes_well", same)
    row = kept("goes_well")
    assert (row.author_id, row.confirmed_at is None) == (world.lise.id, False)


def test_a_stale_question_shows_everything_that_was_written(
    world: World, client: StrictClient
) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare/practical"
    client.send(path, {"text": "Om morgenen", "hard": "Larm", "version": "0"})
    mine = {"text": "Helst ikke\r\nom morgenen", "hard": "Mange mennesker", "helps": "Hanne"}
    stale = client.send(path, {**mine, "version": "0"})
    asked = re.findall(r'<textarea[^>]*name="(\w+)"', stale.text)
    assert (stale.status_code, asked) == (409, ["text", "hard", "helps"])


@pytest.mark.parametrize(
    ("question", "first", "then", "shown"),
    [
        (
            "without_me",
            {"choice": "only_if"},
            {"choice": "no"},
            ["Kun på en betingelse.", "Nej, vent på mig."],
        ),
        (
            "practical",
            {"words": "breaks"},
            {"words": "interpreter"},
            ["Pauser undervejs", "En tolk"],
        ),
    ],
)
def test_a_stale_choice_is_shown_in_words_beside_the_other(
    world: World,
    client: StrictClient,
    question: str,
    first: dict[str, str],
    then: dict[str, str],
    shown: list[str],
) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare/{question}"
    client.send(path, {**first, "version": "0", "autosave": "1"}, headers=JSON)
    stale = client.send(path, {**then, "version": "0", "autosave": "1"}, headers=JSON)
    texts = re.findall(r'<div class="conflict-text">(.*?)</div>', stale.text)
    assert (stale.status_code, texts) == (409, shown)
    for choice in ("mine", "theirs"):
        assert f'data-choose="{choice}"' in stale.text


def test_a_stale_answer_about_who_comes_names_them(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare/who"
    about = f"who-{world.hanne.id}"
    client.send(path, {about: "come", "version": "0", "autosave": "1"}, headers=JSON)
    stale = client.send(path, {about: "not", "version": "0", "autosave": "1"}, headers=JSON)
    texts = re.findall(r'<div class="conflict-text">(.*?)</div>', stale.text)
    assert texts == ["Hanne Sørensen må gerne komme.", "Hanne Sørensen skal ikke komme."]
    assert brought(stale)[about] == ["come"]


def test_are_you_alone_comes_before_who_may_come(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare/who"
    page = client.get(path).get_data(as_text=True)
    assert "Er du alene nu?" in page
    assert "Hanne" not in page
    assert "Hanne Sørensen" in client.get(f"{path}?alone=1").get_data(as_text=True)


def test_what_one_types_is_saved_and_says_when(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare/practical"
    first = client.send(path, {"hard": "Larm", "version": "0", "autosave": "1"}, headers=JSON)
    assert first.status_code == 200
    saved = first.get_json()
    assert saved["saved_at_text"].startswith("Gemt kl. ")
    second = {"words": "breaks", "version": str(saved["version"]), "autosave": "1"}
    assert client.send(path, second, headers=JSON).status_code == 200
    assert kept("practical").data == {"hard": "Larm", "helps": "", "words": ["breaks"]}
    stale = {"hard": "Støj", "version": str(saved["version"]), "autosave": "1"}
    answer = client.send(path, stale, headers=JSON)
    assert answer.status_code == 409
    long = {"text": "x" * 4001, "version": "2", "autosave": "1"}
    refused = client.send(path, long, headers=JSON)
    assert (refused.status_code, "for lang" in refused.get_json()["error"]) == (422, True)
    assert client.send(path, {"text": "x" * 4001}).status_code == 422


def test_a_page_that_was_too_old_shows_only_what_was_written(
    world: World, client: StrictClient
) -> None:
    path = f"/meetings/{begin(world, client).id}/prepare/goes_well"
    sent = {"csrf_token": "old", "text": "Jeg bager.", "words": "friends", "go": "next"}
    answer = client.post(path, data={**sent, "version": "0"})
    assert answer.status_code == 400
    shown = re.findall(r'<p class="copy-text">(.*?)</p>', answer.text)
    assert shown == ["Jeg bager."]
    assert f'<a href="{path}">Gå tilbage til siden</a>' in answer.text


@pytest.mark.parametrize(("version", "status"), [("0", 200), ("7", 409)])
def test_the_last_text_of_who_leaves_quickly_is_kept_and_ends_the_login(
    world: World, client: StrictClient, version: str, status: int
) -> None:
    path = f"/meetings/{begin(world, client).id}/prepare/not_talk"
    typed = {"text": "Min far.", "version": version, "autosave": "1"}
    answer = client.send(path, typed, headers={**JSON, "X-Leave": "1"})
    assert answer.status_code == status
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get_cookie("netmeet") is None
    assert client.get(path).location.startswith("/login")
    found = db.session.scalars(select(PreparationAnswer)).all()
    assert [answer.text for answer in found] == (["Min far."] if status == 200 else [])


@pytest.mark.parametrize(
    ("go", "tail"), [("back", "/matters"), ("skip", "/goes_well"), ("pause", "?pause=1")]
)
def test_one_may_skip_go_back_and_pause(
    world: World, client: StrictClient, go: str, tail: str
) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    answer = client.send(f"{path}/help", {"text": "", "version": "0", "go": go})
    assert answer.location == f"{path}{tail}"
    client.send(f"{path}/matters", {"text": "Ro", "version": "0", "go": "back"})
    assert "Du holder pause. Alt er gemt." in client.get(f"{path}?pause=1").get_data(as_text=True)
    page = client.get(path).get_data(as_text=True)
    assert "Du har svaret på 1 af 7" in page
    resumed = "goes_well" if go == "skip" else "help"
    assert f'href="{path}/{resumed}"' in page


def test_a_helper_writes_and_the_person_says_yes(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare"
    world.sign_in(client, world.lise)
    assert "Skriv for Mia" in client.get(path).get_data(as_text=True)
    assert "Du skriver for Mia." in client.get(f"{path}/help").get_data(as_text=True)
    client.send(f"{path}/help", {"text": "En ny bolig", "version": "0"})
    assert "Mia har ikke sagt ja" in client.get(f"{path}/all").get_data(as_text=True)
    assert client.send(f"{path}/confirm").status_code == 409
    world.sign_in(client, world.made["mia"])
    assert "Nogen har skrevet for dig." in client.get(path).get_data(as_text=True)
    page = client.get(f"{path}/all").get_data(as_text=True)
    assert "Lise Dam har skrevet det." in page
    assert "Ja, det passer" in page
    assert client.send(f"{path}/confirm").status_code == 303
    assert kept("help").confirmed_at is not None
    assert "Ja, det passer" not in client.get(f"{path}/all").get_data(as_text=True)


def test_colleagues_who_do_not_lead_read_none_of_it(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    world.sign_in(client, world.jonas)
    for tail in ("", "/matters", "/all", "/paper.pdf"):
        assert client.get(f"/meetings/{meeting.id}/prepare{tail}").status_code == 403
    assert client.send(f"/meetings/{meeting.id}/prepare/help", {"text": "x"}).status_code == 403


def test_there_is_no_eighth_question(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    assert client.get(f"/meetings/{meeting.id}/prepare/nonsense").status_code == 404


def test_after_the_meeting_nothing_is_written_any_more(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    meeting.state = MeetingState.HELD
    answer = client.send(f"/meetings/{meeting.id}/prepare/help", {"text": "x", "version": "0"})
    assert answer.status_code == 409


def test_the_questions_on_paper_are_a_pdf(world: World, client: StrictClient) -> None:
    meeting = begin(world, client)
    answer = client.get(f"/meetings/{meeting.id}/prepare/paper.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")


def test_what_must_be_thought_of_on_the_day_can_be_tapped(
    world: World, client: StrictClient
) -> None:
    """The practical wishes of ``domain.md`` § 3.1, row 7: each is a tap, the rest is words."""
    meeting = begin(world, client)
    path = f"/meetings/{meeting.id}/prepare/practical"
    page = client.get(path).text
    wishes = {
        *("morning", "afternoon", "home", "short", "breaks", "video"),
        *("companion", "interpreter", "speaker", "fetch", "no_stairs", "allergy"),
    }
    assert set(re.findall(r'name="words"[^>]*value="(\w+)"', page)) == wishes
    client.send(path, {"words": ["short", "no_stairs"], "version": "0"})
    told = client.get(f"/meetings/{meeting.id}/prepare/all").text
    assert "Et kort møde" in told
    assert "Ingen trapper" in told
