"""``netmeet serve``: web and worker as two processes that live and end together."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Iterable

import click

import config
from netmeet.cli.surroundings import require_pango

WORKERS, THREADS = 4, 4
"""Twice as many processes as a small machine has processors: threads of one hinder each other."""
WEB = [
    *("-m", "gunicorn", "wsgi:app", "--worker-class", "netmeet.web.patience.Worker"),
    # An open screen asks every few seconds, and keeps its connection.
    *("--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "10"),
    *("--log-level", "warning", "--no-control-socket", "--preload"),
]
_WORKER = ["-m", "netmeet.worker"]
_PATIENCE = 60
_GRACE = 15


@click.command("serve")
def serve() -> None:
    """Run web and worker until Ctrl-C; when one of them ends, the other is stopped."""
    settings = config.read(os.environ)
    require_pango()
    _require_port(settings.bind)
    raise SystemExit(asyncio.run(_serve(settings)))


def _require_port(bind: str) -> None:
    """Raise ``ClickException`` when somebody else listens there."""
    host, _, port = bind.rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as taken:
            raise click.ClickException(f"{bind} is taken. Choose another with PORT=…") from taken


async def _serve(settings: config.Settings) -> int:
    """Return the exit code: 0 when asked to stop, 1 when a process ended by itself."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    web = await _start([*WEB, "--chdir", str(config.ROOT), "--bind", settings.bind])
    worker = await _start(_WORKER)
    ends = {
        asyncio.create_task(stop.wait()): "",
        asyncio.create_task(web.wait()): "The web process ended; stopping the worker.",
        asyncio.create_task(worker.wait()): "The worker ended; stopping the web process.",
    }
    greeting = asyncio.create_task(_greet(settings))
    done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    greeting.cancel()
    reason = next(text for task, text in ends.items() if task in done)
    if reason:
        click.echo(reason, err=True)
    await asyncio.gather(_end(web), _end(worker))
    for task in ends:
        task.cancel()
    return 1 if reason else 0


async def _start(arguments: list[str]) -> Process:
    """Start Python in a session of its own: Ctrl-C reaches us alone, and we end both in order."""
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=config.ROOT, start_new_session=True
    )


async def _end(process: Process) -> None:
    """Ask the process to end, and make it after a while."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_GRACE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _greet(settings: config.Settings) -> None:
    """Print the address, and the demo's people, as soon as pages are answered."""
    for _ in range(_PATIENCE * 10):
        if await _answers(settings.bind):
            break
        await asyncio.sleep(0.1)
    click.echo(f"netmeet answers at {settings.base_url}  (Ctrl-C stops it)")
    for name, who in _people(settings):
        click.echo(f"  {name}: {who}")


async def _answers(bind: str) -> bool:
    """Tell whether a page is answered there."""
    host, _, port = bind.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError:
        return False
    writer.write(f"GET /healthz HTTP/1.0\r\nHost: {bind}\r\n\r\n".encode())
    line = await reader.readline()
    writer.close()
    return line.startswith(b"HTTP/")


def _people(settings: config.Settings) -> Iterable[tuple[str, str]]:
    """Return who can be chosen on the demo's login page, and what they are."""
    noted = settings.instance / "demo.json"
    if not settings.demo or not noted.exists():
        return ()
    people: dict[str, tuple[str, str]] = json.loads(noted.read_text(encoding="ascii"))["people"]
    return people.values()


COMMANDS = {"serve": serve}
