"""A picture or a paper beside a meeting, in the browser, by both sides (``security.md`` T12)."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select, update

from netmeet.accounts import rules
from netmeet.accounts.service import sessions
from netmeet.audit.models import AuditEvent
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, Attachment, FilePart, Meeting
from netmeet.meetings.rules import AgendaState, ItemState
from netmeet.meetings.service import files as service
from netmeet.web.headers import SANDBOX
from tests import hostile
from tests.active import active
from tests.web.cases.reading import lix, words_of
from tests.web.meetings.sending import OWN, TITLE, fresh, only, publish, send, text
from tests.world import now


def test_the_person_adds_a_picture_and_who_may_fetches_it(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    page = text(client.get(f"/meetings/{meeting.id}/agenda"))
    assert f'href="/meetings/{meeting.id}/files"' in page
    page = text(client.get(f"/meetings/{meeting.id}/files"))
    assert "Lise Dam, Jonas Holm og Hanne Sørensen kan se det." in page
    assert "Hanne Sørensen skal ikke kunne se det" in page
    assert send(client, meeting, hostile.jpeg()).status_code == 303
    file = only()
    for user in (world.made["mia"], world.lise, world.jonas, world.hanne):
        world.sign_in(client, user)
        for where in (f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/agenda"):
            assert f'href="/files/{file.id}"' in text(client.get(where)), where
        answer = client.get(f"/files/{file.id}")
        assert Image.open(io.BytesIO(answer.data)).size == (60, 40)
    world.sign_in(client, world.stranger)
    assert client.get(f"/files/{file.id}").status_code == 404


def test_it_is_handed_out_to_be_kept_and_can_do_nothing(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    sent = {"bilag.jpg": hostile.jpeg(), "bilag.png": hostile.png(), "bilag.pdf": hostile.pdf()}
    for data in sent.values():
        assert send(client, meeting, data, "mit-hemmelige-navn.html").status_code == 303
    got = {}
    for file in db.session.scalars(select(Attachment)):
        answer = client.get(f"/files/{file.id}")
        named = re.fullmatch(
            r'attachment; filename="([a-z.]+)"', answer.headers["Content-Disposition"]
        )
        got[named.group(1)] = answer
        assert answer.headers.getlist("Content-Security-Policy") == [SANDBOX]
        assert SANDBOX.startswith("sandbox;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert hostile.CANARY not in answer.data
        assert b"Kanariefugl" not in answer.data
    assert set(got) == set(sent)
    kinds = {name: answer.content_type for name, answer in got.items()}
    assert kinds == {
        "bilag.jpg": "image/jpeg",
        "bilag.png": "image/png",
        "bilag.pdf": "application/pdf",
    }
    assert active(got["bilag.pdf"].data) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Vælg et billede eller et papir først."),
        (b"<svg onload=alert(1)></svg>", "Det er hverken et billede"),
        (b"<!doctype html><script>alert(1)</script>", "Det er hverken et billede"),
        (b"GIF89a/*" + bytes(40), "Det er hverken et billede"),
        (hostile.bomb_zip(), "Det er hverken et billede"),
        (hostile.jpeg()[:-300], "Filen er ikke hel."),
        (hostile.pdf()[:-40], "Filen er ikke hel."),
        (hostile.jpeg() * 14_000, "Den må højst fylde 10 MB."),
    ],
)
def test_what_is_not_taken_is_said_beside_the_field_and_the_words_stay(
    world, client, meeting, data, words
):
    world.sign_in(client, world.made["mia"])
    point = world.made["point"]
    answer = send(client, meeting, data, "x.pdf", point=point, kept="y")
    assert answer.status_code == 422
    page = text(answer)
    assert re.search(rf'id="file-error">.*?{re.escape(words)}', page)
    assert f'value="{TITLE}"' in page
    assert f"Det hører til ”{OWN}”." in page
    assert re.search(r'name="kept" type="checkbox" value="y" checked', page)
    assert db.session.scalars(select(Attachment)).all() == []


def test_a_locked_paper_is_refused_in_words(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(hostile.pdf())) as paper:
        paper.save(locked, encryption=pikepdf.Encryption(owner="ejer", user=""))
    assert "låst med en kode" in text(send(client, meeting, locked.getvalue()))


def test_what_is_far_too_large_is_not_even_received(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    stranger = client.application.test_client()
    tried = ((client, 21 << 20), (client, 9 << 20), (stranger, 9 << 20))
    codes = [send(browser, meeting, bytes(size)).status_code for browser, size in tried]
    assert codes == [413, 422, 413]


def test_a_file_without_words_is_called_what_it_is(world, client, meeting):
    world.sign_in(client, world.jonas)
    assert send(client, meeting, hostile.jpeg(), title=" ").status_code == 303
    assert send(client, meeting, hostile.pdf(), title="").status_code == 303
    page = text(client.get(f"/meetings/{meeting.id}"))
    assert "Et billede <span" in page
    assert "Et papir <span" in page


def test_only_ones_own_is_taken_away_and_not_after_it_was_sent_out(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    send(client, meeting, hostile.jpeg())
    file = only()
    remove = f"/files/{file.id}/remove"
    assert remove in text(client.get(f"/meetings/{meeting.id}"))
    for user in (world.lise, world.jonas, world.hanne):
        world.sign_in(client, user)
        assert remove not in text(client.get(f"/meetings/{meeting.id}"))
        assert client.send(remove).status_code == 403
    world.sign_in(client, world.stranger)
    assert client.send(remove).status_code == 404
    publish(meeting)
    world.sign_in(client, world.made["mia"])
    assert remove not in text(client.get(f"/meetings/{meeting.id}"))
    answer = client.send(remove)
    assert (answer.status_code, "Det kan ikke fjernes mere." in text(answer)) == (409, True)
    assert only().id == file.id
    db.session.execute(update(Meeting).values(published_at=None))
    asked = client.send(remove)
    assert (asked.status_code, "Vil du fjerne" in text(asked)) == (422, True)
    newest = select(AuditEvent.operation).order_by(AuditEvent.seq.desc()).limit(1)
    assert db.session.scalar(newest) == "meeting.read"
    assert only().id == file.id
    assert client.send(remove, {"sure": "1"}).status_code == 303
    assert db.session.scalars(select(Attachment)).all() == []
    assert db.session.scalars(select(FilePart)).all() == []


def test_nothing_is_added_to_minutes_that_were_sent_out(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    publish(meeting)
    assert "Der kan ikke lægges mere" in text(client.get(f"/meetings/{meeting.id}/files"))
    answer = send(client, meeting, hostile.jpeg())
    assert (answer.status_code, "det næste møde" in text(answer)) == (422, True)
    assert f"/meetings/{meeting.id}/files" not in text(client.get(f"/meetings/{meeting.id}"))


def test_ten_are_enough_and_the_same_twice_is_one(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    for _ in range(2):
        assert send(client, meeting, hostile.jpeg()).status_code == 303
    assert only().title == TITLE
    for side in range(2, 11):
        assert send(client, meeting, hostile.jpeg((side * 8, 8))).status_code == 303
    answer = send(client, meeting, hostile.png())
    assert answer.status_code == 422
    assert "Der er allerede lagt 10 ved mødet." in text(answer)
    assert send(client, meeting, hostile.jpeg()).status_code == 303
    assert len(db.session.scalars(select(Attachment)).all()) == 10


def test_relatives_see_what_is_shared_and_not_kept_from_them(world, client, meeting):
    world.sign_in(client, world.jonas)
    hidden = world.item(fresh(meeting.id), "Gæld", by=world.jonas, raised_as=Role.MUN)
    hidden.is_hidden_from_private = True
    send(client, meeting, hostile.jpeg(), title="Til alle")
    send(client, meeting, hostile.png(), title="Ikke til Hanne", kept="y")
    page = text(client.get(f"/meetings/{meeting.id}/files?point={hidden.id}"))
    assert "Mia Sørensen og Lise Dam kan se det." in page
    assert "skal ikke kunne se det" not in page
    send(client, meeting, hostile.pdf(), title="Om gæld", point=hidden.id)
    found = {file.title: file.id for file in db.session.scalars(select(Attachment))}
    world.sign_in(client, world.hanne)
    for where in (f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/agenda", "/"):
        page = text(client.get(where))
        assert "Til alle" in page, where
        assert "Ikke til Hanne" not in page
        assert "Om gæld" not in page
    codes = {name: client.get(f"/files/{id_}").status_code for name, id_ in found.items()}
    assert codes == {"Til alle": 200, "Ikke til Hanne": 404, "Om gæld": 404}
    assert client.get(f"/meetings/{meeting.id}/files").status_code == 403
    assert send(client, meeting, hostile.jpeg()).status_code == 403
    meeting.agenda_state = AgendaState.DRAFT
    assert client.get(f"/files/{found['Til alle']}").status_code == 404
    world.sign_in(client, world.jonas)
    page = text(client.get(f"/meetings/{meeting.id}/files"))
    assert "Hanne Sørensen kan se det, når dagsordenen er delt." in page


def test_a_consent_for_one_area_opens_only_files_of_its_points(world, client, meeting):
    bo = world.user("Bo Sørensen")
    case = fresh(meeting.id).case
    world.add_relative(case, bo)
    cases.grant_consent(
        case,
        by=world.actor(world.made["mia"]),
        at=now(),
        scopes=[Scope.BASIC, Scope.INVITE, Scope.FILES],
        how=ConsentHow.DIGITAL,
        recipient_id=bo.id,
        life_areas=["housing"],
    )
    world.sign_in(client, world.made["mia"])
    assert "Bo Sørensen" not in text(client.get(f"/meetings/{meeting.id}/files"))
    point = world.made["point"]
    page = text(client.get(f"/meetings/{meeting.id}/files?point={point}"))
    assert "Hanne Sørensen og Bo Sørensen kan se det." in page
    send(client, meeting, hostile.jpeg(), title="Om boligen", point=point)
    send(client, meeting, hostile.png(), title="Om noget andet")
    found = {file.title: file.id for file in db.session.scalars(select(Attachment))}
    world.sign_in(client, bo)
    codes = {name: client.get(f"/files/{id_}").status_code for name, id_ in found.items()}
    assert codes == {"Om boligen": 200, "Om noget andet": 404}


def test_a_right_that_ends_while_a_file_is_opened_keeps_it_out(world, client, meeting, monkeypatch):
    world.sign_in(client, world.jonas)
    meeting_id, jonas, whole = meeting.id, world.jonas.id, service.make_harmless
    opened: list[bool] = []

    def slow(data: bytes, *, megabytes: int) -> bytes:
        opened.append(db.session().in_transaction())
        case = fresh(meeting_id).case
        cases.leave(case, case.member(jonas), at=now() - timedelta(seconds=1))
        db.session.commit()
        return whole(data, megabytes=megabytes)

    monkeypatch.setattr(service, "make_harmless", slow)
    assert send(client, meeting, hostile.jpeg()).status_code == 404
    assert db.session.scalars(select(Attachment)).all() == []
    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.operation == "file.upload")).all()
    assert [row.allowed for row in rows] == [False]
    assert opened == [False]


def test_the_page_is_as_easy_to_read_as_the_persons_others(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    send(client, meeting, hostile.jpeg())
    words = words_of(client.get(f"/meetings/{meeting.id}/files").get_data(as_text=True))
    assert lix(words) <= 30


def test_the_same_sent_again_opens_it_to_nobody_more(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    send(client, meeting, hostile.pdf())
    assert send(client, meeting, hostile.pdf(), title="Brevet", kept="y").status_code == 303
    file = only()
    assert (file.title, file.is_kept_from_private) == ("Brevet", True)
    assert send(client, meeting, hostile.pdf(), title="").status_code == 303
    file = only()
    assert (file.title, file.is_kept_from_private) == ("Brevet", True)
    world.sign_in(client, world.hanne)
    assert client.get(f"/files/{file.id}").status_code == 404


def test_what_was_meant_for_a_point_that_is_gone_is_kept_nowhere_else(world, client, meeting):
    db.session.execute(update(AgendaItem).values(state=ItemState.CLOSED))
    db.session.commit()
    world.sign_in(client, world.made["mia"])
    answer = send(client, meeting, hostile.jpeg(), point=world.made["point"])
    assert answer.status_code == 422
    assert "Punktet er lukket eller taget væk." in text(answer)
    assert f'value="{TITLE}"' in text(answer)
    assert db.session.scalars(select(Attachment)).all() == []


def test_so_many_files_may_be_sent_in_a_while(world, client, meeting, monkeypatch):
    monkeypatch.setattr(rules, "FILES_AT_ONCE", 2)
    world.sign_in(client, world.made["mia"])
    codes = [send(client, meeting, b"GIF89a").status_code for _ in range(2)]
    last = send(client, meeting, hostile.jpeg())
    assert (codes, last.status_code) == ([422, 422], 422)
    assert "Du har sendt mange filer på kort tid." in text(last)
    assert f'value="{TITLE}"' in text(last)


def test_a_login_that_ends_while_a_file_is_opened_lets_nothing_in(
    world, client, meeting, monkeypatch
):
    jonas, really = world.jonas.id, service.make_harmless

    def slow(*told, **more):
        sessions.end_all(jonas, at=now())
        db.session.commit()
        return really(*told, **more)

    monkeypatch.setattr(service, "make_harmless", slow)
    world.sign_in(client, world.jonas)
    assert send(client, meeting, hostile.jpeg()).status_code == 401
    assert db.session.scalars(select(Attachment)).all() == []
