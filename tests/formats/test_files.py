"""What people attach: nothing is left of it but what one looks at (``security.md`` T12)."""

import io
import multiprocessing
import time
import zlib
from itertools import islice
from pathlib import Path

import pikepdf
import pytest
import time_machine
from PIL import Image

from netmeet.formats import files
from netmeet.formats.files import Kind, Unfit, Why
from tests import hostile, soak
from tests.active import active

MOST = 10 << 20
EVERY = 10_000
MEMORY = 300 << 10
"""In kilobytes."""


@pytest.fixture(scope="module", autouse=True)
def ended():
    """End the processes that this module starts."""
    yield
    files.close()


def clean(data, most=MOST):
    return files.clean(data, most=most)


def opened(data):
    return Image.open(io.BytesIO(data))


def why(data, most=MOST):
    with pytest.raises(Unfit) as no:
        clean(data, most)
    return no.value.why


def test_a_photograph_keeps_its_pixels_and_tells_nothing_else():
    sent = hostile.jpeg() + b"PK\x03\x04" + hostile.CANARY
    made = clean(sent)
    assert b"Kanariefugl" in sent
    assert files.kind_of(made) is Kind.JPEG
    picture = opened(made)
    assert (picture.size, picture.mode) == ((60, 40), "RGB")
    assert not picture.getexif()
    assert "comment" not in picture.info
    assert hostile.CANARY not in made
    assert b"Kanariefugl" not in made
    assert made.endswith(b"\xff\xd9")
    assert picture.getpixel((5, 5)) < (60, 60, 60)
    assert picture.getpixel((55, 35)) > (200, 200, 200)


def test_a_photograph_is_turned_the_right_way_up():
    picture = opened(clean(hostile.jpeg(orientation=6)))
    assert picture.size == (40, 60)
    assert picture.getpixel((35, 5)) < (60, 60, 60)
    assert picture.getpixel((5, 55)) > (200, 200, 200)


def test_a_png_stays_one_without_its_texts():
    made = clean(hostile.png())
    assert files.kind_of(made) is Kind.PNG
    assert hostile.CANARY not in made
    assert opened(made).text == {}


def test_what_can_be_seen_through_stands_on_white():
    see_through = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(see_through, "PNG")
    assert opened(clean(see_through.getvalue())).getpixel((4, 4)) == (255, 255, 255)


def test_grey_of_sixteen_bits_keeps_its_shades():
    grey = io.BytesIO()
    Image.new("I;16", (9, 9), 128 * 257).save(grey, "PNG")
    assert opened(clean(grey.getvalue())).getpixel((4, 4)) == 128


def test_a_large_picture_is_made_as_large_as_one_can_look_at():
    assert max(opened(clean(hostile.jpeg((4000, 3000)))).size) == 3000


def test_a_png_that_takes_too_much_becomes_a_photograph():
    noise = io.BytesIO()
    Image.effect_noise((400, 400), 90).convert("RGB").save(noise, "PNG")
    made = clean(noise.getvalue(), most=130_000)
    assert files.kind_of(made) is Kind.JPEG
    assert why(noise.getvalue(), most=10_000) is Why.LARGE


def test_a_paper_keeps_its_words_and_what_was_filled_in():
    made = clean(hostile.pdf(pages=3))
    with pikepdf.open(io.BytesIO(made)) as paper:
        assert len(paper.pages) == 3
        assert b"Brev fra kommunen" in paper.pages[0].Contents.read_bytes()
        assert "/F" in paper.pages[0].Resources.Font


@pytest.mark.parametrize("seed", range(12))
def test_nothing_active_is_left_in_a_paper(seed):
    armed = hostile.armed(soak.random.Random(seed))
    assert active(armed)
    made = clean(armed)
    assert active(made) == []
    assert hostile.CANARY not in made
    with pikepdf.open(io.BytesIO(made)) as paper:
        unpacked = io.BytesIO()
        paper.save(unpacked, qdf=True)
    assert b"Kanariefugl" not in unpacked.getvalue()
    assert hostile.CANARY not in unpacked.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Why.KIND),
        (b"<svg onload=alert(1)>", Why.KIND),
        (b"GIF89a" + bytes(50), Why.KIND),
        (b"x" + hostile.pdf(), Why.KIND),
        (hostile.pdf()[:-40], Why.BROKEN),
        (hostile.jpeg()[:-300], Why.BROKEN),
        (hostile.png()[:60], Why.BROKEN),
        (hostile.pdf(pages=9), Why.LARGE),
    ],
)
def test_what_is_not_taken_is_refused_with_its_reason(data, reason):
    assert why(data, most=1500) is reason


def test_locked_papers_are_refused_with_an_empty_password_too():
    for password in ("", "x"):
        made = io.BytesIO()
        with pikepdf.open(io.BytesIO(hostile.pdf())) as paper:
            paper.save(made, encryption=pikepdf.Encryption(owner="ejer", user=password))
        assert why(made.getvalue()) is Why.LOCKED


def test_a_flood_of_pixels_is_refused_before_it_is_poured_out():
    wide = io.BytesIO()
    Image.new("RGB", (5100, 5100)).save(wide, "PNG")
    files.close()
    others = workers().keys()
    assert why(wide.getvalue()) is Why.PIXELS
    own = [peak for pid, peak in workers().items() if pid not in others]
    assert max(own) < 80 << 10
    assert why(hostile.flood_of_objects()) in {Why.BROKEN, Why.SLOW}


def workers():
    """Return the most memory that each process of its own has had, in kilobytes."""
    peaks = {}
    for child in multiprocessing.active_children():
        told = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii")
        peaks[child.pid] = int(told.split("VmHWM:")[1].split()[0])
    return peaks


@pytest.mark.soak
def test_of_many_hostile_files_nothing_active_is_left():
    """Those that are taken can be looked at and do nothing; the others are refused in words."""
    dice, begun = soak.dice(), time.monotonic()
    taken, refused, wrong, peak = 0, 0, [], 0
    for n, data in enumerate(islice(hostile.variants(dice), soak.figure(EVERY))):
        try:
            made = clean(data)
        except Unfit:
            refused += 1
        else:
            taken += 1
            kind = files.kind_of(made)
            if hostile.CANARY in made or (kind is Kind.PDF and active(made)):
                wrong.append(n)
            if kind is not Kind.PDF:
                opened(made).load()
        peak = max(peak, *workers().values(), 0) if n % 50 == 0 else peak
    took = time.monotonic() - begun
    print(
        f"T12: {taken + refused} hostile files, {taken} made harmless, {refused} refused, "
        f"{len(wrong)} with something left, at most {peak // 1024} MB in {took:.0f} s"
    )
    assert wrong == []
    assert taken
    assert refused
    assert peak < MEMORY


def test_what_was_filled_in_or_stamped_on_becomes_part_of_the_page():
    made = clean(hostile.filled_in())
    with pikepdf.open(io.BytesIO(made)) as paper:
        page = paper.pages[0]
        assert "/Annots" not in page.obj
        shown = [one.read_bytes() for one in page.Resources.XObject.as_dict().values()]
        assert [one for one in shown if b"udfyldt" in one]


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_photograph_on_a_paper_tells_no_more_than_one_by_itself(wrapped):
    sent = hostile.with_photograph(wrapped=wrapped)
    with pikepdf.open(io.BytesIO(clean(sent))) as paper:
        (picture,) = paper.pages[0].Resources.XObject.as_dict().values()
        data = picture.read_raw_bytes()
    assert picture_of(sent) == (wrapped, True)
    shown = opened(data)
    assert (shown.size, dict(shown.getexif())) == ((60, 40), {})
    assert b"Kanariefugl" not in data
    assert hostile.CANARY not in data


def picture_of(sent):
    """Tell whether the sent photograph is wrapped, and whether it tells of its camera."""
    with pikepdf.open(io.BytesIO(sent)) as paper:
        (picture,) = paper.pages[0].Resources.XObject.as_dict().values()
        is_wrapped = isinstance(picture.Filter, pikepdf.Array)
        raw = picture.read_raw_bytes()
    data = zlib.decompress(bytes.fromhex(raw[:-1].decode())) if is_wrapped else raw
    return is_wrapped, b"Kanariefugl" in data


def test_bytes_that_nobody_can_look_into_are_refused():
    odd = hostile.with_photograph(wrapped=False).replace(b"/DCTDecode", b"/DCTDecodX")
    assert why(odd) is Why.BROKEN


def test_the_same_paper_comes_out_the_same_on_another_day():
    with time_machine.travel("2026-11-01T10:00:00+01:00", tick=False):
        first = files._bare(pikepdf.open(io.BytesIO(hostile.pdf())))  # noqa: SLF001 - in this process
    with time_machine.travel("2026-11-02T11:11:11+01:00", tick=False):
        again = files._bare(pikepdf.open(io.BytesIO(hostile.pdf())))  # noqa: SLF001 - in this process
    assert first == again
