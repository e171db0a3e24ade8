"""How much a form may hold (T12); what the server itself refuses stands in ``tests/misuse``."""

import pytest

MOST_FIELDS = 500
MOST_BYTES = 512 * 1024


@pytest.fixture
def signed_in(world, client):
    world.sign_in(client, world.lise)
    return client


PART = b'--B\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n'
TOO_LARGE = {
    "long": ("application/x-www-form-urlencoded", b"phone=" + b"x" * MOST_BYTES),
    "many": ("application/x-www-form-urlencoded", b"n=1&" * MOST_FIELDS),
    "parts": ("multipart/form-data; boundary=B", PART * (MOST_FIELDS + 1) + b"--B--\r\n"),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_form_that_is_too_large_is_refused(signed_in, name):
    kind, body = TOO_LARGE[name]
    headers = {"X-CSRFToken": signed_in.token()}
    answer = signed_in.post("/account", data=body, content_type=kind, headers=headers)
    assert answer.status_code == 413
    assert "Det er for stort" in answer.text
    asked = {**headers, "Accept": "application/json"}
    answer = signed_in.post("/account", data=body, content_type=kind, headers=asked)
    assert (answer.status_code, answer.get_json()) == (413, {"error": "Send noget mindre."})


def test_as_large_as_forms_are_is_read(signed_in):
    many = {f"n{number}": "1" for number in range(MOST_FIELDS - 10)}
    answer = signed_in.send("/account", {**many, "version": "1", "phone": "x" * 60_000})
    assert answer.status_code == 422
    assert "Teksten er for lang" in answer.text


def test_what_is_no_form_is_not_read_beyond_the_limit(signed_in):
    answer = signed_in.post("/account", data=b"x" * (MOST_BYTES + 1), content_type="text/plain")
    assert answer.status_code in {400, 413}
