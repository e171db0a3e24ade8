"""What in a PDF could run, open, send or carry something along."""

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Stream

ACTIVE = frozenset(
    {
        *(
            "/JS",
            "/JavaScript",
            "/OpenAction",
            "/AA",
            "/Launch",
            "/URI",
            "/SubmitForm",
            "/AcroForm",
        ),
        *("/EF", "/EmbeddedFiles", "/AF", "/XFA", "/RichMediaContent", "/Annots", "/Names"),
        *("/Metadata", "/Encrypt"),
    }
)
ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"),
        *("/Rendition", "/Sound", "/Movie", "/Hide", "/Named", "/SetOCGState", "/Thread"),
    }
)


def active(made: bytes) -> list[str]:
    """Return what in a PDF could run, open, send or carry something along."""
    with pikepdf.open(io.BytesIO(made)) as paper:
        found = sorted({"/Info", "/Encrypt"} & set(paper.trailer.keys()))
        todo = list(paper.objects)
        while todo:
            one = todo.pop()
            if isinstance(one, Array):
                todo += [part for part in one if _is_direct(part)]
            elif isinstance(one, Dictionary | Stream):
                found += sorted(ACTIVE & set(one.keys()))
                found += ["a stream elsewhere"] if isinstance(one, Stream) and "/F" in one else []
                found += [f"does {one['/S']}"] if str(one.get("/S")) in ACTIONS else []
                todo += [part for _name, part in one.items() if _is_direct(part)]
    return found


def _is_direct(part: Any) -> bool:
    return isinstance(part, Array | Dictionary) and not part.is_indirect
