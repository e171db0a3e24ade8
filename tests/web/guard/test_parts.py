"""A form that comes in parts, written by nobody's browser."""

import pytest


@pytest.mark.parametrize("path", ["/login", "/logout", "/code"])
def test_a_part_without_a_name_is_a_bad_request_and_no_fault(client, path):
    body = b'--B\r\nContent-Disposition\r\n: form-data; name="x"\r\n\r\nhej\r\n--B--\r\n'
    answer = client.post(path, data=body, content_type="multipart/form-data; boundary=B")
    assert answer.status_code == 400
