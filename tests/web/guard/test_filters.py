"""Hours as the reader's language writes them."""

from datetime import UTC, datetime, time

import pytest
from flask import session

from netmeet.web import filters

AFTERNOON = datetime(2026, 12, 3, 12, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "said", "spanned"),
    [
        ("da", "13.22", "kl. 13.22\N{EN DASH}14.07"),
        ("en", "13:22", "13:22\N{EN DASH}14:07"),
    ],
)
def test_hours_follow_the_language_of_the_reader(app, lang, said, spanned):
    with app.test_request_context():
        session["lang"] = lang
        assert filters.clock_time(AFTERNOON) == said
        assert filters.clock_time(time(13, 22)) == said
        assert filters.span(AFTERNOON, 45) == spanned
        assert ("December" in filters.local_day(AFTERNOON)) is (lang == "en")
