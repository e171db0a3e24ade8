"""The settings of OpenID providers: what is missing or unsafe is named before the start."""

import pytest

import config

BASE = {
    "NETMEET_DEMO": "1",
    "NETMEET_SECRET_KEY": "a secret key that only the tests use",
    "NETMEET_KEYS": config.new_keys(),
}


def door(name, **changes):
    told = {
        "ISSUER": "https://broker.example",
        "CLIENT_ID": "netmeet",
        "CLIENT_SECRET": "secret",
        "ASSURANCE": "loa=substantial, high",
        **changes,
    }
    return {f"NETMEET_OIDC_{name}_{key}": value for key, value in told.items()}


def read(tmp_path, *parts):
    environment = dict(BASE)
    for part in parts:
        environment |= part
    return config.read(environment, instance=tmp_path)


def test_no_door_is_open_by_itself(tmp_path):
    settings = read(tmp_path)
    assert (settings.providers, settings.needs_second_factor) == ({}, False)


def test_outside_the_demo_a_second_proof_is_asked_for(tmp_path):
    outside = {"NETMEET_DEMO": "0", "NETMEET_MAIL_URL": "smtp://x", "NETMEET_BASE_URL": "https://x"}
    assert read(tmp_path, outside).needs_second_factor
    assert not read(tmp_path, outside, {"NETMEET_SECOND_FACTOR": "0"}).needs_second_factor


def test_a_provider_is_read_and_keeps_its_secret_to_itself(tmp_path):
    more = {"CLAIMS": "identity_type=professional", "EXTRA": "idp_values=mitid_erhverv&x=1"}
    told = read(tmp_path, door("STAFF", **more)).providers["staff"]
    assert told.assurance == {"substantial", "high"}
    assert (told.assurance_claim, told.label, told.scope) == ("loa", "MitID Erhverv", "openid")
    assert told.claims == {"identity_type": "professional"}
    assert told.extra == {"idp_values": "mitid_erhverv", "x": "1"}
    assert "secret" not in repr(told).replace("client_secret", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ISSUER": "http://broker.example"}, "ISSUER must begin with https"),
        ({"CLIENT_ID": ""}, "CLIENT_ID is missing"),
        ({"CLIENT_SECRET": ""}, "CLIENT_SECRET is missing"),
        ({"ASSURANCE": ""}, "ASSURANCE is missing"),
        ({"ASSURANCE": "loa="}, "ASSURANCE is missing"),
        ({"SCOPE": "profile"}, "SCOPE must hold openid"),
    ],
)
def test_what_is_missing_stops_the_start(tmp_path, changes, said):
    with pytest.raises(SystemExit, match=said):
        read(tmp_path, door("PERSON", **changes))


def test_one_issuer_for_both_doors_must_tell_them_apart(tmp_path):
    with pytest.raises(SystemExit, match="must tell private identities"):
        read(tmp_path, door("PERSON"), door("STAFF"))
    apart = door("STAFF", CLAIMS="identity_type=professional")
    assert set(read(tmp_path, door("PERSON"), apart).providers) == {"person", "staff"}
