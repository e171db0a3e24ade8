"""What is sent by nobody's browser."""

import pytest

from netmeet.core.access import Role


@pytest.mark.parametrize("path", ["/login", "/logout", "/code"])
def test_a_part_without_a_name_is_a_bad_request_and_no_fault(client, path):
    body = b'--B\r\nContent-Disposition\r\n: form-data; name="x"\r\n\r\nhej\r\n--B--\r\n'
    answer = client.post(path, data=body, content_type="multipart/form-data; boundary=B")
    assert answer.status_code == 400


@pytest.mark.parametrize("in_parts", [False, True])
def test_no_nul_is_taken_for_a_part_of_a_word(world, client, in_parts):
    case = world.case()
    held = world.role_of(world.staff("Ida Boe", world.office, role=Role.MUN, title="bostøtte"))
    world.sign_in(client, world.jonas)
    page = f"/cases/{case.id}/team/colleague"
    assert client.get(f"{page}?who=nob%00ody").status_code == 200
    kind = "multipart/form-data" if in_parts else "application/x-www-form-urlencoded"
    assert client.send(page, {"who": "nob\0ody"}, content_type=kind).status_code == 422
    assert client.send(page, {"who\0": f"{held.id}\0"}, content_type=kind).status_code == 303
