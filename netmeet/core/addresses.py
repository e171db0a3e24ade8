"""Addresses of the web that somebody wrote."""

import re

_WEB = re.compile(r"https://[^\s/\\@?#]+(?:[/?#]\S*)?")


def web(text: str) -> str:
    """Return the text if a page may send somebody there, else ``""``.

    That is: over https, to a host, without a login in it.
    """
    return text if _WEB.fullmatch(text) else ""
