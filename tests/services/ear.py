"""A socket on 127.0.0.1 that hears whatever is sent to it, and answers nothing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE = 2.0


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """Give an address that listens, and the first bytes of everybody who came."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(_PATIENCE)
                    heard.append(caller.recv(200))

        thread = threading.Thread(target=listen, name="ear", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}", heard
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
