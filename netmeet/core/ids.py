"""Opaque identifiers."""

import base64
import secrets

_BYTES = 10
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")


def new_id() -> str:
    """Return a fresh random identifier: 16 lower-case characters, 80 bits, safe in a URL."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).translate(_OURS).decode()


def new_token() -> str:
    """Return a fresh secret for a link or a session: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)
