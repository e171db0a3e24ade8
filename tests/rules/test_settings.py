"""What an installation is told by its environment, and what it says without."""

import pytest

import config

SECRET = {"NETMEET_SECRET_KEY": "a secret key that only the tests use"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, ("Alarmcentralen", "112")),
        ({"NETMEET_DEMO": "1"}, ("Akuttelefonen", "1813")),
        ({"NETMEET_ACUTE_NUMBER": "70 11 31 31"}, ("Akuttelefonen", "70 11 31 31")),
        (
            {"NETMEET_ACUTE_NUMBER": "70 11 31 31", "NETMEET_ACUTE_LABEL": "Psyk-vagten"},
            ("Psyk-vagten", "70 11 31 31"),
        ),
    ],
)
def test_the_number_for_a_bad_hour_has_a_name_that_fits(told, said, tmp_path):
    environment = {**SECRET, "NETMEET_KEYS": config.new_keys(), **told}
    if "NETMEET_DEMO" not in told:
        environment |= {
            "NETMEET_BASE_URL": "https://netmeet.example.org",
            "NETMEET_MAIL_URL": "smtps://mail.example.org",
        }
    found = config.read(environment, instance=tmp_path)
    assert (found.acute_label, found.acute_number) == said
