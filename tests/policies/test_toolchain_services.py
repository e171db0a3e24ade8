"""The servers and programs that tests lean on are real and answer."""

import smtplib
from email.message import EmailMessage

import psycopg
import pytest
import weasyprint

from tests.services import postgres, verapdf

PAGE = (
    "<html lang='da'><head><title>Plan</title></head><body><h1>Plan</h1><p>Æble</p></body></html>"
)


def test_postgres_sorts_danish_and_keeps_what_it_is_told(postgres_url):
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            """SELECT name FROM (VALUES ('Åse'), ('Zoe'), ('Ærø')) AS people (name)
               ORDER BY name COLLATE "da-x-icu" """
        ).fetchall()
    assert [name for (name,) in rows] == ["Zoe", "Ærø", "Åse"]


def test_whoever_leaves_last_stops_the_cluster(tmp_path):
    with postgres.cluster(tmp_path) as first:
        with postgres.cluster(tmp_path) as second:
            assert second == first
            assert first.create_database() != second.create_database()
        assert first.create_database()
    assert not first.folder.exists()


def test_mail_arrives_with_its_envelope(smtp_sink):
    message = EmailMessage()
    message["Subject"] = "Du har en besked på netmeet"
    message["From"] = "netmeet@example.dk"
    message["To"] = "bo@example.dk"
    message.set_content("Kære Bo\n")
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as server:
        server.send_message(message)
    (received,) = smtp_sink.messages
    assert received.recipients == ("bo@example.dk",)
    assert received.message["Subject"] == "Du har en besked på netmeet"


def test_mail_can_be_refused(smtp_sink):
    smtp_sink.reply = "451 try again later"
    with (
        smtplib.SMTP("127.0.0.1", smtp_sink.port) as server,
        pytest.raises(smtplib.SMTPDataError),
    ):
        server.sendmail("a@example.dk", ["b@example.dk"], "Subject: x\r\n\r\nx")
    assert smtp_sink.messages == []


def test_verapdf_tells_an_accessible_file_from_another(tmp_path):
    page = weasyprint.HTML(string=PAGE)
    page.write_pdf(tmp_path / "good.pdf", pdf_variant="pdf/ua-1")
    page.write_pdf(tmp_path / "bad.pdf")
    assert verapdf.validate(tmp_path / "good.pdf") == []
    assert any(rule.startswith("7.1-11 ") for rule in verapdf.validate(tmp_path / "bad.pdf"))
