"""Passwords that are known from leaks, or easily guessed from what is known (ASVS 6.2.4, 6.2.11).

The lists are in the package, so nothing leaves the machine. There are no rules on signs and
digits, and nobody must change a password because time has passed (ASVS 6.2.5, 6.2.10).
"""

from collections.abc import Iterable

from zxcvbn import zxcvbn

_LONGEST_LOOKED_AT = 72
_FEWEST_GUESSES = 10**9


def is_guessable(password: str, *, about: Iterable[str] = ()) -> bool:
    """Tell whether it is leaked, or made of leaked words, repeats, rows of keys or ``about``.

    ``about`` is what an attacker knows of the user: name and address. A long password is judged by
    its first 72 characters.
    """
    known = [part for text in about for part in text.replace("@", " ").replace(".", " ").split()]
    found = zxcvbn(password[:_LONGEST_LOOKED_AT], user_inputs=known)
    return bool(found["guesses"] < _FEWEST_GUESSES)
