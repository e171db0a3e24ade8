"""A real SMTP server on 127.0.0.1 that keeps what it is sent."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    """One accepted message with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed as the mail programs of today do."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        return cast("EmailMessage", parsed)


@dataclass
class Sink:
    """Where the server keeps messages; `reply` is what it answers to the next ones.

    Only a reply that begins with 250 takes the message in; `arrived` is set by the first.
    """

    port: int = 0
    reply: str = "250 OK"
    messages: list[Received] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """The address in the form of NETMEET_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep one message, if the reply is yes."""
        if self.reply.startswith("250"):
            raw = cast("bytes", envelope.original_content)
            sender = envelope.mail_from or ""
            self.messages.append(Received(sender, tuple(envelope.rcpt_tos), raw))
            self.arrived.set()
        return self.reply


@contextmanager
def running() -> Iterator[Sink]:
    """Serve on a port that the system chooses, until the block ends."""
    sink = Sink()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="smtp", daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0)

    async def stop(server: asyncio.Server) -> None:
        server.close()
        await server.wait_closed()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
