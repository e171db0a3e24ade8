"""QR codes as pictures in the page, for letters and plans on paper."""

import segno


def svg(text: str, *, title: str) -> str:
    """Return the text as an SVG picture without inline style, 4 units a module.

    ``title`` is what a screen reader says instead of it. Raises ``segno.DataOverflowError``
    when the text is too long for any code.
    """
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(scale=4, title=title, lineclass=None, svgclass="qr", omitsize=False)
