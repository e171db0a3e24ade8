"""Text that is encrypted at rest, bound to its table, row and column."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast, overload

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.orm import mapped_column

_NONCE = 12
_KEY = 32


@dataclass(frozen=True)
class Keyring:
    """The keys of one installation: ``keys`` maps an id (0-255) to 32 bytes; the highest seals."""

    keys: Mapping[int, bytes]
    index_key: bytes

    def __post_init__(self) -> None:
        """Refuse an empty or short key."""
        if not self.keys or any(len(k) != _KEY for k in (*self.keys.values(), self.index_key)):
            message = "every key must be 32 bytes"
            raise ValueError(message)

    def seal(self, text: str, *, place: str) -> bytes:
        """Return ``text`` encrypted with AES-256-GCM, authenticated together with ``place``."""
        key_id = max(self.keys)
        nonce = os.urandom(_NONCE)
        bound = f"{place}|{key_id}".encode()
        return (
            bytes([key_id])
            + nonce
            + _cipher(self.keys[key_id]).encrypt(
                nonce, text.encode("utf-8", "surrogatepass"), bound
            )
        )

    def open(self, sealed: bytes, *, place: str) -> str:
        """Return the text. Raises ``InvalidTag`` when it was sealed for another place."""
        key_id = sealed[0]
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        bound = f"{place}|{key_id}".encode()
        plain = _cipher(self.keys[key_id]).decrypt(nonce, body, bound)
        return plain.decode("utf-8", "surrogatepass")

    def index(self, text: str, *, kind: str) -> bytes:
        """Return a keyed digest for exact look-up of ``text`` (HMAC-SHA-256)."""
        return hmac.digest(self.index_key, f"{kind}|{text}".encode(), hashlib.sha256)


_ciphers: dict[bytes, AESGCM] = {}
_installed: list[Keyring] = []

Renew = Callable[[], Keyring | None]
"""Returns the keys when they are others than before, so that a new key needs no restart."""

_renewing: list[Renew] = []


def _cipher(key: bytes) -> AESGCM:
    if key not in _ciphers:
        _ciphers[key] = AESGCM(key)
    return _ciphers[key]


def install(keyring: Keyring, *, renew: Renew | None = None) -> None:
    """Make ``keyring`` the one this process seals and opens with, until ``renew`` has a newer."""
    _installed[:] = [keyring]
    _renewing[:] = [renew] if renew is not None else []


def keyring() -> Keyring:
    """Return the installed keyring. Raises ``LookupError`` before :func:`install`."""
    if not _installed:
        message = "no keyring is installed"
        raise LookupError(message)
    return _installed[0]


def renewed() -> Keyring:
    """Return the keyring with the keys as they are kept now (raises as :func:`keyring`)."""
    for renew in _renewing:
        newer = renew()
        if newer is not None:
            _installed[:] = [newer]
    return keyring()


def seal(text: str, *, place: str) -> bytes:
    """Return ``text`` sealed under the newest key there is."""
    return renewed().seal(text, place=place)


def unseal(kept: bytes, *, place: str) -> str:
    """Return the text. Raises ``InvalidTag`` for another place, ``KeyError`` for a lost key."""
    ring = keyring()
    if kept[0] not in ring.keys:
        ring = renewed()
    return ring.open(kept, place=place)


class Sealed:
    """A text attribute kept encrypted in the column ``<name>_sealed``; empty text is NULL.

    The owning row must have its ``id`` before the attribute is set (``Base`` sees to it).
    """

    def __set_name__(self, owner: type, name: str) -> None:
        """Add the column to the owning model before SQLAlchemy maps it."""
        self._column = f"{name}_sealed"
        self._place = f"{owner.__dict__.get('__tablename__', '')}|{{}}|{name}"
        self._kept = f"_{name}_opened"
        setattr(owner, self._column, mapped_column(LargeBinary, nullable=True))

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> str: ...
    def __get__(self, row: object | None, owner: type) -> Self | str:
        """Return the decrypted text, ``""`` when there is none."""
        if row is None:
            return self
        # A page asks for the same name many times: a loaded column lies in the row, and the row
        # keeps its text while it is the same.
        held = row.__dict__
        sealed = held[self._column] if self._column in held else getattr(row, self._column)
        if sealed is None:
            return ""
        kept = held.get(self._kept)
        if kept is None or kept[0] is not sealed:
            text = unseal(bytes(sealed), place=self._place.format(cast("Any", row).id))
            kept = held[self._kept] = (sealed, text)
        return cast("str", kept[1])

    def veil(self, row: object, text: str) -> None:
        """Let a loaded row read as ``text`` from here on; what is stored stays as it is."""
        sealed = getattr(row, self._column)
        if sealed is not None:
            row.__dict__[self._kept] = (sealed, text)

    def column_of(self, owner: type) -> Any:
        """Return the mapped column of ``owner`` that holds it, to choose what a query reads."""
        return getattr(owner, self._column)

    def opened(self, sealed: bytes | None, *, row_id: str) -> str:
        """Return the text of a column read without its row, ``""`` when there is none."""
        return unseal(bytes(sealed), place=self._place.format(row_id)) if sealed else ""

    def closed(self, text: str, *, row_id: str) -> bytes | None:
        """Return what to keep in the column of the row for ``text``, ``None`` for empty text."""
        return seal(text, place=self._place.format(row_id)) if text else None

    def __set__(self, row: object, text: str) -> None:
        """Encrypt and keep ``text``; an unchanged text leaves the row untouched."""
        if getattr(row, self._column) is not None and self.__get__(row, type(row)) == text:
            return
        setattr(row, self._column, self.closed(text, row_id=cast("Any", row).id))


class SealedData:
    """A JSON value kept encrypted, in a :class:`Sealed` column. ``None`` is stored as NULL.

    What is read is a fresh copy: assign to change it.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        """Add the column to the owning model before SQLAlchemy maps it."""
        self._text = Sealed()
        self._text.__set_name__(owner, name)

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> Any: ...
    def __get__(self, row: object | None, owner: type) -> Any:
        """Return the decoded value, ``None`` when there is none."""
        if row is None:
            return self
        text = self._text.__get__(row, owner)
        return json.loads(text) if text else None

    def __set__(self, row: object, value: Any) -> None:
        """Encrypt and keep ``value``."""
        kept = "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
        self._text.__set__(row, kept)


class SealedBytes:
    """Bytes kept encrypted, in a :class:`Sealed` column. None at all are stored as NULL."""

    def __set_name__(self, owner: type, name: str) -> None:
        """Add the column to the owning model before SQLAlchemy maps it."""
        self._text = Sealed()
        self._text.__set_name__(owner, name)

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> bytes: ...
    def __get__(self, row: object | None, owner: type) -> Self | bytes:
        """Return the bytes."""
        if row is None:
            return self
        return base64.b64decode(self._text.__get__(row, owner))

    def __set__(self, row: object, value: bytes) -> None:
        """Encrypt and keep ``value``."""
        self._text.__set__(row, base64.b64encode(value).decode())
