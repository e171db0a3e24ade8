"""Take docs/pictures/: each screen on a phone and on a desk, and page one on paper."""

import io
import math
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests import browser, hostile
from tests.browser import DESK, PHONE, ROOT, Live, Someone
from tests.journeys.acts import give_password

FOLDER = ROOT / "docs" / "pictures"
TALLEST = 2400
COLOURS = 64
NEAR = 16
ALL_TOGETHER = 6_000_000
DPI = 90
PRINTING = 60_000
"""Milliseconds a PDF may take on a busy machine."""
ID = "[0-9a-z]{16}"
MEETING, CASE, PLAN = f"/meetings/{ID}", f"/cases/{ID}", f"/plans/{ID}"


@dataclass(frozen=True)
class Screen:
    """A screen, and how somebody gets there: links by their words, or by their address's shape."""

    name: str
    who: str = ""
    way: tuple[str, ...] = ()
    whole: bool = True

    def __str__(self) -> str:
        """Name the test."""
        return self.name


MIA, NOAH, KARIN, HANNE = "Mia Sørensen", "Noah Winther", "Karin Lund", "Hanne Sørensen"
LISE, JONAS, SOFIE, INGER = "Lise Dam", "Jonas Holm", "Sofie Krogh", "Inger Holt"
SCREENS = (
    Screen("00-login", "", ("/login",)),
    Screen("00-role", INGER, ("/role",)),
    Screen("00-sessions", LISE, ("/account", "/account/sessions")),
    Screen("00-step-up", LISE, ("/account", "/account/second")),
    Screen("00-calendar", MIA, ("/account", "/account/calendar")),
    Screen("01-person-home", MIA),
    Screen("01-person-home-after", NOAH),
    Screen("02-prepare", MIA, (f"{MEETING}/prepare",)),
    Screen("02-prepare-question", MIA, (f"{MEETING}/prepare", f"{MEETING}/prepare/goes_well")),
    Screen("02-prepare-all", MIA, (f"{MEETING}/prepare", f"{MEETING}/prepare/all")),
    Screen("03-agenda", LISE, (MIA, f"{MEETING}/agenda")),
    Screen("04-day", LISE),
    Screen("04-case", LISE, (MIA,)),
    Screen("05-invitations", LISE, (MIA, f"{MEETING}/invitations")),
    Screen("05-answer", JONAS, (f"Se invitationen {MIA}",)),
    Screen("06-room", SOFIE, ("Kim Petersen", f"{MEETING}/room"), whole=False),
    Screen("07-send-out", LISE, (f"{MEETING}/send-out",)),
    Screen("07-evaluation", KARIN, (f"{MEETING}/evaluation",)),
    Screen("08-plan", LISE, (MIA, f"{CASE}/plan")),
    Screen("08-plan-person", MIA, (PLAN,)),
    Screen("08-plan-answer", NOAH, (f"{PLAN}/answer",)),
    Screen("08-history", LISE, (MIA, f"{CASE}/plan", f"{PLAN}/history")),
    Screen("09-consents", MIA, ("/consents",)),
    Screen("09-consents-staff", LISE, (MIA, f"{CASE}/consents")),
    Screen("09-consent-stop", MIA, ("/consents", f"/permits/{ID}/stop")),
    Screen("09-sees", MIA, ("/consents", f"{CASE}/seen")),
    Screen("10-relative", HANNE),
    Screen("11-actions", JONAS, ("/actions",)),
    Screen("12-overview", "Gerda Friis", ("/overview",)),
    Screen("14-access-log", MIA, ("/access-log",)),
    Screen("15-ask", MIA, ("/ask",)),
    Screen(
        "16-letter", LISE, ("Poul Andersen", f"{MEETING}/invitations", f"{MEETING}/letters/{ID}")
    ),
)
PAPERS = (
    Screen("07-minutes-pdf", LISE, (MIA, f"{MEETING}/minutes", rf"{MEETING}/minutes\.pdf")),
    Screen("08-plan-pdf", MIA, (rf"{PLAN}\.pdf",)),
    Screen("08-crisis-pdf", MIA, (rf"{PLAN}/crisis\.pdf",)),
    Screen(
        "16-letter-pdf",
        LISE,
        (
            "Poul Andersen",
            f"{MEETING}/invitations",
            f"{MEETING}/letters/{ID}",
            rf"{MEETING}/letters/{ID}\.pdf",
        ),
    ),
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """netmeet with the demo of today, on SQLite."""
    process, running = browser.start(tmp_path_factory.mktemp("pictures"))
    yield running
    browser.stop(process)


@pytest.fixture
def someone(live: Live, chromium: Browser) -> Iterator[Any]:
    """Return a maker of humans, each with a window of their own."""
    humans: list[Someone] = []

    def make(viewport: dict[str, int]) -> Someone:
        humans.append(browser.somebody(chromium, live.address, viewport))
        return humans[-1]

    yield make
    for human in humans:
        human.context.close()


def _next(human: Someone, step: str) -> str:
    """Return the path of the link the step names. Raises ``AssertionError`` where there is none."""
    if step.startswith("/"):
        paths = human.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        found = [one for one in paths if re.fullmatch(step, urlsplit(one).path)]
    else:
        told = human.page.eval_on_selector_all(
            "main a[href]", "all => all.map(a => [a.textContent, a.href])"
        )
        found = [link for words, link in told if step in words]
    assert found, f"{human.page.url} does not lead to {step}"
    return str(found[0].removeprefix(human.address))


def _walk(human: Someone, screen: Screen) -> None:
    """Go there as a human would, and wait until the letters have their shape."""
    if screen.who:
        human.become(screen.who)
    for step in screen.way:
        human.go(_next(human, step) if screen.who else step)
        if step.endswith("/send-out"):
            give_password(human)
    human.page.evaluate("document.fonts.ready")


def _palette(picture: Image.Image) -> list[tuple[int, int, int]]:
    """Return the most used colours, none of them near another: white stays white."""
    chosen: list[tuple[int, int, int]] = []
    for _, colour in sorted(picture.getcolors(picture.width * picture.height), reverse=True):
        if all(math.dist(colour, other) > NEAR for other in chosen):
            chosen.append(colour)
        if len(chosen) == COLOURS:
            break
    return chosen


def _keep(name: str, taken: bytes) -> None:
    """Write a picture, cut to a readable height and with few colours."""
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in _palette(picture) for part in colour])
    small = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


@pytest.mark.pictures
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_take(screen, viewport, someone):
    human = someone(viewport)
    _walk(human, screen)
    _keep(f"{screen.name}-{viewport['width']}", human.page.screenshot(full_page=screen.whole))


@pytest.mark.pictures
@pytest.mark.parametrize("paper", PAPERS, ids=str)
def test_take_page_one(paper, someone, tmp_path: Path):
    human = someone(DESK)
    *steps, last = paper.way
    _walk(human, Screen(paper.name, paper.who, tuple(steps)))
    answer = human.context.request.get(human.address + _next(human, last), timeout=PRINTING)
    assert answer.status == 200
    file = tmp_path / "paper.pdf"
    file.write_bytes(answer.body())
    command = ["pdftoppm", "-r", str(DPI), "-f", "1", "-singlefile", "-png", file, tmp_path / "one"]
    subprocess.run(command, check=True)
    _keep(paper.name, (tmp_path / "one.png").read_bytes())


@pytest.mark.pictures
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_take_the_link_of_an_invitation(viewport, someone):
    human = someone(viewport)
    human.go("/post")
    human.go(_next(human, JONAS))
    human.go(_next(human, "/i/[^/]+"))
    assert "Kan du være med" in human.page.inner_text("main")
    _keep(f"05-invitation-link-{viewport['width']}", human.page.screenshot(full_page=True))


@pytest.mark.pictures
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_take_the_files_of_a_meeting(viewport, someone):
    human = someone(viewport)
    _walk(human, Screen("03-files", MIA, (f"{MEETING}/answer", f"{MEETING}/files")))
    human.page.locator("#file").set_input_files(
        {"name": "brev.pdf", "mimeType": "application/pdf", "buffer": hostile.pdf()}
    )
    human.page.locator("#title").fill("Brevet fra kommunen")
    human.page.get_by_role("button", name="Læg det ved").click()
    human.page.get_by_text("er lagt ved.").wait_for()
    _keep(f"03-files-{viewport['width']}", human.page.screenshot(full_page=True))


@pytest.mark.pictures
def test_the_folder_stays_small():
    assert sum(one.stat().st_size for one in FOLDER.glob("*.png")) < ALL_TOGETHER
