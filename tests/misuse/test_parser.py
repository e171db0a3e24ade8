"""Requests that are too large, too slow, or none at all, at the real gunicorn (T12)."""

import gzip
import select
import socket
from collections import Counter
from contextlib import ExitStack, contextmanager
from threading import Thread

import pytest

from netmeet.cli import serving
from netmeet.web import patience
from tests import soak
from tests.misuse import server
from tests.misuse.server import post

MOST_MB = 300
THREADS = serving.WORKERS * serving.THREADS
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=B"
_MB = 1024 * 1024


def part(name: bytes = b"x", body: bytes = b"1", more: bytes = b"") -> bytes:
    return b'--B\r\nContent-Disposition: form-data; name="%s"\r\n%s\r\n%s\r\n' % (name, more, body)


END, _TYPE = b"--B--\r\n", b"Content-Type: %s\r\n"
TOO_LARGE = {
    "more than any upload": post(b"", PARTS).replace(b"Length: 0", b"Length: 8388609") + b"x" * _MB,
    "a form of half a megabyte": post(b"a=" + b"x" * 600_000, FORM),
    "a form of eight megabytes of names": post(b"a&" * 4_000_000, FORM),
    "a form of ten thousand fields": post(b"a=1&" * 10_000, FORM),
    "ten thousand parts": post(part() * 10_000 + END, PARTS),
    "a part of half a megabyte": post(part(body=b"x" * 600_000) + END, PARTS),
    "plain text of half a megabyte": post(b"x" * 600_000, "text/plain"),
}
"""What is answered by 413 and a page in Danish."""

ODD = {
    "no boundary": post(part() + END, "multipart/form-data"),
    "another boundary": post(part() + END, "multipart/form-data; boundary=C"),
    "a boundary of ten thousand": post(part() + END, f"multipart/form-data; boundary={'B' * 4000}"),
    "no end": post(part() * 3, PARTS),
    "no head of a part": post(b"--B\r\n\r\nx\r\n" + END, PARTS),
    "half a head": post(b"--B\r\nContent-Disposition: form-data", PARTS),
    "a head without a colon": post(part(more=b"nonsense\r\n") + END, PARTS),
    "a head of hundred kilobytes": post(part(more=b"X: " + b"x" * 100_000 + b"\r\n") + END, PARTS),
    "a part in parts": post(
        part(more=b"Content-Type: multipart/mixed; boundary=B\r\n") + END, PARTS
    ),
    "a part in UTF-7": post(part(more=_TYPE % b"text/plain; charset=utf-7") + END, PARTS),
    "a part in nothing": post(
        part(more=b"Content-Type: text/plain; charset=nope\r\n") + END, PARTS
    ),
    "a part of zeros": post(part(b"a\0b", b"\0" * 1000) + END, PARTS),
    "a file": post(part(b'x"; filename="../../x') + END, PARTS),
    "only line breaks": post(b"\r\n" * 5000, PARTS),
    "zeros": post(b"email=a%00b&\0=\0&password=\0", FORM),
    "no UTF-8": post(b"email=\xff\xfe\xe6&password=%E6%F8%E5", FORM),
    "half signs": post(b"email=%ED%A0%80&password=%F0%9F", FORM),
    "UTF-16": post("email=mia@example.org".encode("utf-16"), f"{FORM}; charset=utf-16"),
    "a charset that is none": post(b"email=x", f"{FORM}; charset={'x' * 900}"),
    "percent signs": post(b"%" * 1000 + b"=%zz&%u0041=1", FORM),
    "packed": post(gzip.compress(b"a=" + b"x" * 5_000_000), FORM, "Content-Encoding: gzip"),
    "JSON": post(b'{"a":' * 10_000, "application/json"),
    "XML": post(b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>', "text/xml"),
    "a type that is none": post(b"x", ";;;==,"),
}
"""What reaches netmeet, and is answered by a refusal with a page in Danish."""

NOT_HTTP = {
    "a long address": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long line": b"GET /login HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 200_000 + b"\r\n\r\n",
    "five hundred lines": b"GET /login HTTP/1.1\r\nHost: x\r\n" + b"X-A: a\r\n" * 500 + b"\r\n",
    "a zero in the address": b"GET /lo\0gin HTTP/1.1\r\nHost: x\r\n\r\n",
    "a zero in a line": b"GET /login HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n",
    "a bare line break": b"GET /login HTTP/1.1\nHost: x\n\n",
    "a length below nothing": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\nxx",
    "a length and chunks": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a version that is none": b"GET /login HTTP/9.9\r\nHost: x\r\n\r\n",
    "no words": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\r\n\r\n",
}
"""What gunicorn itself refuses."""

CHUNKED = (
    b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)
CHUNKS = {
    "chunks without end": CHUNKED + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 200,
    "chunks that lie": CHUNKED + b"ffffffffffffffff\r\nx",
    "a chunk below nothing": CHUNKED + b"-1\r\nx\r\n0\r\n\r\n",
    "a chunk of words": CHUNKED + b"zz\r\nx\r\n0\r\n\r\n",
    "a chunk with a long remark": CHUNKED + b"1;" + b"x" * 100_000 + b"\r\nx\r\n0\r\n\r\n",
}


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory):
    with server.running(tmp_path_factory.mktemp("gunicorn"), patience=2) as running:
        yield running


def status(answer):
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.") else 0


def is_a_page(answer):
    return b'<html lang="da"' in answer and b"</html>" in answer


def test_what_is_too_large_is_refused_with_a_page(gunicorn):
    for name, raw in TOO_LARGE.items():
        answer = gunicorn.send(raw)
        assert (name, status(answer), is_a_page(answer)) == (name, 413, True)
        assert b"Det er for stort" in answer, name
    assert gunicorn.is_well()
    assert gunicorn.most_memory < MOST_MB


def test_what_is_no_form_is_refused_with_a_page(gunicorn):
    for name, raw in ODD.items():
        answer = gunicorn.send(raw)
        assert (name, status(answer), is_a_page(answer)) == (name, 400, True)
    for name, raw in {**NOT_HTTP, **CHUNKS}.items():
        code = status(gunicorn.send(raw))
        assert code in {0, 400, 413, 414, 431, 501, 505}, (name, code)
    assert gunicorn.is_well()


def test_eight_floods_at_once_stay_within_the_memory(gunicorn):
    raw, answers = TOO_LARGE["a form of eight megabytes of names"], []
    floods = [Thread(target=lambda: answers.append(gunicorn.send(raw))) for _ in range(THREADS)]
    for flood in floods:
        flood.start()
    for flood in floods:
        flood.join()
    assert [status(answer) for answer in answers] == [413] * THREADS
    assert gunicorn.most_memory < MOST_MB


@contextmanager
def _slow(gunicorn, raw, count):
    """Give so many connections on which half a request was sent."""
    with ExitStack() as all_of_them:
        lines = [all_of_them.enter_context(gunicorn.connect()) for _ in range(count)]
        for line in lines:
            line.sendall(raw)
        yield lines


HALF = {
    "a body": post(b"email=" + b"x" * 100_000, FORM)[:300],
    "a head": b"POST /login HTTP/1.1\r\nHost: x\r\nX-",
}


@pytest.mark.parametrize("what", HALF)
def test_a_slow_request_keeps_nobody_waiting(gunicorn, what):
    with _slow(gunicorn, HALF[what], serving.THREADS - 1) as lines:
        assert gunicorn.is_well()
        assert select.select(lines, [], [], 0)[0] == [], "they were let go first"


@pytest.mark.parametrize("what", HALF)
def test_more_slow_requests_than_threads_are_let_go(gunicorn, what):
    with _slow(gunicorn, HALF[what], THREADS + 2) as lines:
        assert gunicorn.is_well()
        assert {status(line.recv(65536)) for line in lines} <= {0, 400}
    assert not [said for said in gunicorn.said if "Traceback" in said or "TIMEOUT" in said]


def test_who_never_closes_keeps_nobody_waiting(gunicorn):
    with _slow(gunicorn, server.GET, THREADS + 2) as lines:
        assert gunicorn.is_well()
        assert {status(line.recv(65536)) for line in lines} == {200}
    assert not [said for said in gunicorn.said if "TIMEOUT" in said]


def test_who_sends_steadily_is_waited_for(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(patience.time, "monotonic", lambda: clock[0])
    far, near = socket.socketpair()
    with far, near:
        line = patience.Patient(near, seconds=2)
        line.setblocking(1)
        far.sendall(b"x" * patience.SLOWEST)
        clock[0] = 1.9
        came = 0
        while came < patience.SLOWEST:
            came += len(line.recv(8192))
        clock[0] = 2.9
        far.sendall(b"x")
        assert line.recv(1) == b"x"
        clock[0] = 3.1
        far.sendall(b"x")
        with pytest.raises(ConnectionResetError):
            line.recv(1)
        line.setblocking(1)
        assert line.recv(1) == b"x"


def _bent(raw, dice):
    """Return the bytes with a few of them changed, gone, doubled or new."""
    bent = bytearray(raw[:20_000])
    for _ in range(dice.randrange(1, 8)):
        at = dice.randrange(len(bent) or 1)
        way = dice.randrange(4)
        if way == 0:
            bent[at : at + 1] = bytes([dice.randrange(256)])
        elif way == 1:
            del bent[at : at + dice.randrange(1, 40)]
        elif way == 2:
            bent[at:at] = bent[at : at + dice.randrange(1, 200)]
        else:
            bent[at:at] = dice.choice((b"\0", b"\r\n", b"\r\n\r\n", b"--B", b";", b"%00", b"\xff"))
    return bytes(bent) or b"\r\n\r\n"


@pytest.mark.soak
def test_no_bent_request_breaks_the_server(gunicorn):
    dice, codes, failed = soak.dice(), Counter(), []
    known = [*TOO_LARGE.values(), *ODD.values(), *NOT_HTTP.values(), *CHUNKS.values()]
    for _ in range(soak.figure(5000)):
        raw = _bent(dice.choice(known), dice)
        code = status(gunicorn.send(raw))
        codes[code] += 1
        failed += [raw] if code >= 500 and code not in {501, 505} else []
    print(
        f"T12: {codes.total()} bent requests, {dict(sorted(codes.items()))}, "
        f"at most {gunicorn.most_memory} MB in a process"
    )
    assert gunicorn.is_well()
    assert failed == []
    assert not [said for said in gunicorn.said if "Traceback" in said]
    assert gunicorn.most_memory < MOST_MB
