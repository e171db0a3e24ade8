"""The demo's page Post."""

from datetime import UTC, datetime

from netmeet.accounts import service
from netmeet.outbox import channels, jobs, queries
from netmeet.outbox import service as outbox
from netmeet.outbox.rules import State
from tests.world import now

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def test_post_is_empty_at_first(client):
    assert "Ingen har fået noget endnu" in client.get("/post").get_data(as_text=True)


def test_post_shows_what_each_received_with_links_to_follow(client, world):
    keep = channels.choose(mail_url="", sender="moede@localhost", is_demo=True)
    at = now()
    service.send_link(world.hanne, purpose="case", subject_id=world.hanne.id, at=at)
    service.send_code(world.jonas, browser="x", at=at)
    assert jobs.drain(at, keep) == 2
    page = client.get("/post").get_data(as_text=True)
    assert "Til Hanne Sørensen" in page
    assert "Til Jonas Holm" in page
    assert 'href="/i/' in page
    his = client.get(f"/post?person={world.jonas.id}").get_data(as_text=True)
    assert "Til Jonas Holm" in his
    assert "Til Hanne Sørensen" not in his


def test_a_calendar_file_can_be_read(client, world):
    message = outbox.put(key="k", kind="x", user_id=world.hanne.id, at=NOON, facts={})
    content = {"subject": "Møde 4827", "text": "Tekst", "calendar": "BEGIN:VCALENDAR\r\n"}
    outbox.settle(queries.by_id(message.id), State.SENT, at=NOON, content=content)
    page = client.get("/post").get_data(as_text=True)
    assert "Kalenderfil" in page
    assert "BEGIN:VCALENDAR" in page


def test_a_real_try_keeps_nothing_to_show(client, world):
    message = outbox.put(key="k", kind="x", user_id=world.hanne.id, at=NOON, facts={})
    outbox.settle(message, State.SENT, at=NOON)
    assert "Ingen har fået noget endnu" in client.get("/post").get_data(as_text=True)
