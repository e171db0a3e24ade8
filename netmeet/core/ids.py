"""Opaque identifiers."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """Return a fresh random identifier: 16 lower-case characters, 80 bits, safe in a URL."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def new_token() -> str:
    """Return a fresh secret for a link or a session: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)
