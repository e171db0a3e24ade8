from datetime import date

import pytest

from netmeet.invitations import rules
from netmeet.invitations.rules import Delivery
from netmeet.outbox.rules import Channel


@pytest.mark.parametrize(
    ("starts_on", "by"),
    [
        (date(2026, 12, 3), date(2026, 12, 2)),
        (date(2026, 12, 7), date(2026, 12, 4)),
        (date(2027, 3, 30), date(2027, 3, 24)),
    ],
    ids=["thursday", "monday", "after Easter"],
)
def test_one_writes_by_the_working_day_before(starts_on, by):
    assert rules.input_by(starts_on) == by


@pytest.mark.parametrize(
    ("sent", "sequence", "is_off", "expected"),
    [
        (None, 0, False, Delivery.NEW),
        (None, 3, True, Delivery.NOTHING),
        (0, 0, False, Delivery.NOTHING),
        (0, 1, False, Delivery.CHANGED),
        (0, 1, True, Delivery.CANCELLED),
        (1, 1, True, Delivery.NOTHING),
    ],
)
def test_everybody_gets_what_they_do_not_know(sent, sequence, is_off, expected):
    assert rules.delivery(sent_sequence=sent, sequence=sequence, is_off=is_off) is expected


@pytest.mark.parametrize(
    ("wished", "has_email", "expected"),
    [
        (Channel.MAIL, True, Channel.MAIL),
        (Channel.MAIL, False, Channel.LETTER),
        (Channel.LETTER, True, Channel.LETTER),
        (Channel.SMS, True, Channel.MAIL),
    ],
)
def test_the_channel_is_mail_or_paper(wished, has_email, expected):
    assert rules.channel(wished=wished, has_email=has_email) is expected


def test_numbers_go_round_and_end():
    assert rules.free_number(4827, ()) == 4827
    assert rules.free_number(9999, {9999}) == 1000
    with pytest.raises(ValueError, match="taken"):
        rules.free_number(1000, range(1000, 10000))


def test_lines_are_counted_without_the_empty_ones_around():
    assert rules.lines("\n\nen\nto\n\n") == 2
