"""Hours as the reader's language writes them."""

from datetime import UTC, date, datetime, time

import pytest
from flask import session

from netmeet.plans.exports import scale
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


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("da", "3 den 3. november, 7 den 3. december"),
        ("en", "3 on 3 November, 7 on 3 December"),
    ],
)
def test_days_inside_a_sentence_follow_it_too(app, lang, said):
    with app.test_request_context():
        session["lang"] = lang
        drawn = scale.draw([(date(2026, 11, 3), 3), (date(2026, 12, 3), 7)])
        assert drawn["words"] == said
