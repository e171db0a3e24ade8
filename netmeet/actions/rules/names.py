"""Who does it: names in a line, told apart from names that are only spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from netmeet.actions.rules.tokens import Span, Token, bare
from netmeet.actions.rules.words import (
    DANISH_WORDS,
    JOINING,
    MONTHS,
    NOT_MISSPELT,
    OBLIQUE,
    OWNER_MARKS,
    RECEIVING,
    WEEKDAYS,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may own an agreement: an id, a name, an organisation's name."""

    id: str
    full_name: str
    organisation: str = ""
    is_the_person: bool = False


class OwnerDoubt(StrEnum):
    """Why no owner is sure: nobody named, several, a spelling, or one that only receives."""

    NONE = ""
    MISSING = "missing"
    SEVERAL = "several"
    SPELLING = "spelling"
    RECEIVES = "receives"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who was read: the sure one or the candidates of a doubt, and where the name stood."""

    ids: tuple[str, ...]
    doubt: OwnerDoubt
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name at a place: how many words, who it may be, and whether it is spelt as ours is."""

    place: int
    length: int
    people: tuple[Person, ...]
    is_exact: bool = True


_ORGANISATION_WORDS = ("kommune", "region", "psykiatri")
_SHORTEST_MISSPELT = 4


def read(tokens: Sequence[Token], people: Sequence[Person]) -> Owner:
    """Return who does what the words say."""
    mentions = [one for one in _mentions(tokens, people) if not _is_stood_for(tokens, one)]
    marked = [
        one for one in mentions if _before(tokens, one) in OWNER_MARKS or _is_head(tokens, one)
    ]
    agents = [one for one in mentions if _before(tokens, one) in {"af", "v/", "@"}]
    subjects = [one for one in mentions if one not in agents and not _is_oblique(tokens, one)]
    exact = [one for one in subjects if one.is_exact]
    if marked:
        return _of(tokens, marked, with_verb=False)
    if agents and subjects:
        return _several([*subjects, *agents])
    if agents:
        return _of(tokens, agents, with_verb=False)
    chosen = exact or subjects
    return _of(tokens, chosen, with_verb=True) if chosen else _organisation(tokens, people)


def _of(tokens: Sequence[Token], mentions: Sequence[_Mention], *, with_verb: bool) -> Owner:
    """Return the first mention as the owner, unless it shares or only receives."""
    first = mentions[0]
    span = (tokens[first.place].start, tokens[first.place + first.length - 1].end)
    partners = [one for one in mentions[1:] if _are_joined(tokens, first, one)]
    ids = tuple(person.id for person in first.people)
    partners += [one for one in mentions[1:] if _has_own_clause(tokens, one, beside=first)]
    if partners or _shares_with_others(tokens, first):
        return _several([first, *partners])
    if len(ids) > 1:
        return Owner(ids, OwnerDoubt.SEVERAL)
    if not first.is_exact or _has_other_surname(tokens, first, mentions):
        return Owner(ids, OwnerDoubt.SPELLING)
    if with_verb and (_only_receives(tokens, first) or not _is_subject(tokens, first)):
        return Owner(ids, OwnerDoubt.RECEIVES)
    is_in_front = not with_verb or first.place <= 1
    return Owner(ids, OwnerDoubt.NONE, span if is_in_front else None)


def _several(mentions: Sequence[_Mention]) -> Owner:
    ids = (person.id for one in mentions for person in one.people)
    return Owner(tuple(dict.fromkeys(ids)), OwnerDoubt.SEVERAL)


def _organisation(tokens: Sequence[Token], people: Sequence[Person]) -> Owner:
    """Return the people of an organisation that stands where a person should."""
    for token in tokens:
        stem = next((word for word in _ORGANISATION_WORDS if token.lower.startswith(word)), None)
        if stem is not None:
            ids = tuple(one.id for one in people if stem in one.organisation.lower())
            return Owner(ids, OwnerDoubt.ORGANISATION)
    return Owner((), OwnerDoubt.MISSING)


def _mentions(tokens: Sequence[Token], people: Sequence[Person]) -> list[_Mention]:
    found: list[_Mention] = []
    place = 0
    while place < len(tokens):
        one = _exact_at(tokens, place, people) or _misspelt_at(tokens, place, people)
        if one is not None:
            found.append(_narrowed(tokens, one))
        place += one.length if one is not None else 1
    return found


def _exact_at(tokens: Sequence[Token], place: int, people: Sequence[Person]) -> _Mention | None:
    """Return the longest name that begins here, with everybody who is called so."""
    lengths = {person.id: _matched(tokens, place, person) for person in people}
    longest = max(lengths.values(), default=0)
    if longest == 0:
        return None
    who = tuple(person for person in people if lengths[person.id] == longest)
    return _Mention(place, longest, who)


def _matched(tokens: Sequence[Token], place: int, person: Person) -> int:
    """Return how many words from here are this person's name, 0 when none."""
    if not _may_be_name(tokens[place]):
        return 0
    name = person.full_name.lower()
    whole = _as_written(tokens, place, name.split())
    apart = _as_written(tokens, place, name.replace("-", " ").split())
    # "Hanne Lise" is Hanne-Lise, "Hanne" alone may be somebody else.
    halves = name.split()[0].count("-") + 1
    return max(whole, apart) if apart >= halves else whole


def _as_written(tokens: Sequence[Token], place: int, parts: Sequence[str]) -> int:
    written = [bare(token.lower) for token in tokens[place : place + len(parts)]]
    if written[0] == parts[-1] and len(parts) > 1:
        return 1
    if written[0] != parts[0]:
        return 0
    return 1 + _rest_matched(written[1:], parts[1:])


def _rest_matched(written: Sequence[str], parts: Sequence[str]) -> int:
    """Return how many of the following words go on with the name; middle names may be left out."""
    count = 0
    left = list(parts)
    for word in written:
        at = next((n for n, part in enumerate(left) if _is_part(word, part, left[n + 1 :])), None)
        if at is None:
            break
        left = left[at + 1 :]
        count += 1
    return count


def _is_part(word: str, part: str, rest: Sequence[str]) -> bool:
    """Say whether the word is this part of a name, or the initial of its last part."""
    return word == part or (not rest and len(word) == 1 and part.startswith(word) and word != "i")


def _may_be_name(token: Token) -> bool:
    """Say whether the word can be a name: one that is also a word needs its capital."""
    has_capital = token.text[:1].isupper()
    return has_capital or bare(token.lower) not in DANISH_WORDS


def _misspelt_at(tokens: Sequence[Token], place: int, people: Sequence[Person]) -> _Mention | None:
    """Return who is meant by a name one letter wrong; a genitive or a plain word is nobody's."""
    word = bare(tokens[place].lower)
    if len(word) < _SHORTEST_MISSPELT or word in NOT_MISSPELT or not word[0].isalpha():
        return None
    if not tokens[place].text[:1].isupper() or word in WEEKDAYS or word in MONTHS:
        return None
    who = tuple(one for one in people if _is_near(word, one.full_name.split()[0].lower()))
    return _Mention(place, 1, who, is_exact=False) if who else None


def _is_near(word: str, name: str) -> bool:
    """Say whether the word is the name with one letter wrong, missing, added or swapped."""
    if word[0] != name[0]:
        return False
    if _folded(word) == _folded(name):
        return word != name
    if word in {
        f"{name}s",
        f"{name}'",
        f"{name}'s",
        f"{name}\u2019s",
        f"{name}\u2019",
    }:
        return False
    return word != name and _distance_is_one(word, name)


def _folded(word: str) -> str:
    """Return the word as it is written on a keyboard without æ, ø and å."""
    return word.replace("æ", "ae").replace("ø", "oe").replace("å", "aa")


def _distance_is_one(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    if len(short) < len(long):
        return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))
    wrong = [n for n in range(len(one)) if one[n] != other[n]]
    if len(wrong) == 1:
        return True
    swapped = len(wrong) == len("ab") and wrong[1] == wrong[0] + 1
    return swapped and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]


_AT = frozenset({"fra", "(", "i", "ved"})


def _narrowed(tokens: Sequence[Token], mention: _Mention) -> _Mention:
    """Tell namesakes apart by the place that follows: "Jonas fra kommunen"."""
    after = [token.lower for token in tokens[mention.place + mention.length :]][:2]
    if len(mention.people) == 1 or len(after) < len("ab") or after[0] not in _AT:
        return mention
    stem = bare(after[1]).removesuffix("en").removesuffix("n")
    who = tuple(one for one in mention.people if stem in one.organisation.lower())
    if len(who) != 1:
        return mention
    return _Mention(mention.place, mention.length, who, mention.is_exact)


def _before(tokens: Sequence[Token], mention: _Mention) -> str:
    """Return the word before the name, colons left out."""
    place = mention.place - 1
    while place >= 0 and tokens[place].lower in {":", "(", "er"}:
        place -= 1
    return tokens[place].lower if place >= 0 else ""


def _is_stood_for(tokens: Sequence[Token], mention: _Mention) -> bool:
    """Say whether somebody acts for the one named: "på vegne af Karen"."""
    before = [token.lower for token in tokens[max(0, mention.place - 2) : mention.place]]
    return before == ["vegne", "af"]


def _is_head(tokens: Sequence[Token], mention: _Mention) -> bool:
    """Say whether the line opens with the name and a colon: "Jonas: ring til Lise"."""
    after = mention.place + mention.length
    return mention.place == 0 and after < len(tokens) and tokens[after].text == ":"


def _is_oblique(tokens: Sequence[Token], mention: _Mention) -> bool:
    """Say whether the name follows a preposition, itself or through those it is joined to."""
    place = mention.place - 1
    while (
        place > 0 and tokens[place].lower in JOINING | {","} and tokens[place - 1].text[0].isupper()
    ):
        place -= 1
        while place > 0 and tokens[place].text[0].isupper():
            place -= 1
    return place >= 0 and tokens[place].lower in OBLIQUE


def _are_joined(tokens: Sequence[Token], one: _Mention, other: _Mention) -> bool:
    """Say whether only joining words and capitals stand between two names."""
    between = tokens[one.place + one.length : other.place]
    return bool(between) and all(token.lower in JOINING | {","} for token in between)


def _has_own_clause(tokens: Sequence[Token], one: _Mention, *, beside: _Mention) -> bool:
    """Say whether somebody else does something too: "…, og Jonas ringer", "… det gør Karen"."""
    if one.people == beside.people:
        return False
    before = [token.lower for token in tokens[: one.place]]
    after = tokens[one.place + one.length :]
    opens = before[-1:] == [","] or before[-2:] in ([",", "og"], [",", "men"])
    return before[-2:] == ["det", "gør"] or (opens and bool(after) and _is_verb(after[0].lower))


def _shares_with_others(tokens: Sequence[Token], mention: _Mention) -> bool:
    """Say whether somebody else follows at once: "Lise og bostøtten", "Bo Mia og Lise"."""
    after = [token.lower for token in tokens[mention.place + mention.length :]]
    if after[:1] and after[0] in JOINING:
        return True
    return mention.place == 0 and after[1:2] == ["og"] and not _is_verb(after[0])


def _is_verb(word: str) -> bool:
    """Say whether the word may be a verb in the present tense."""
    return bare(word).endswith("r") or word in _SHORT_VERBS


_SHORT_VERBS = frozenset({"mødes", "ses", "skal", "vil", "kan", "må", "bør", "ved"})
_FRONT = OBLIQUE | {"så", "derefter", "herefter", "først", "næste", "hvis", "når"}
_OPENS = frozenset({"at", "(", ":", ","})


def _is_subject(tokens: Sequence[Token], mention: _Mention) -> bool:
    """Say whether the name stands where a Danish statement has its subject.

    That is first; second after a title; after the verb when something stands before the verb, be
    it a date; or first in a clause. Anywhere else the name may be the object of somebody else.
    """
    place = mention.place
    if place == 0 or tokens[place - 1].lower in _OPENS:
        return True
    after = tokens[place + mention.length].lower if place + mention.length < len(tokens) else ""
    if tokens[place - 1].lower == "er" and after in {"der", "som"}:
        return True
    has_verb_before = _is_verb(tokens[place - 1].lower)
    if has_verb_before and place > 1 and tokens[place - 2].text in {",", ";", ":"}:
        return True
    if place == 1:
        return (has_verb_before and tokens[0].start > 0) or _is_verb(after)
    if tokens[0].lower in _FRONT:
        return has_verb_before
    return place == len("ab") and _is_genitive(tokens[0]) and _is_verb(after)


def _is_genitive(token: Token) -> bool:
    """Say whether the word may say whose something is: "Mias", "Jonas'"."""
    return token.lower.endswith(("s", "'", "\u2019"))


def _only_receives(tokens: Sequence[Token], mention: _Mention) -> bool:
    """Say whether the verb beside the name makes its subject the one something is done to."""
    after = [token.lower for token in tokens[mention.place + mention.length :]][:2]
    before = tokens[mention.place - 1].lower if mention.place else ""
    if after[:1] and (bare(after[0]) in RECEIVING or _is_passive(bare(after[0]))):
        return True
    return before in RECEIVING or (after[:1] == ["skal"] and after[1:] in (["have"], ["tilbydes"]))


_DEPONENT = frozenset({"mødes", "synes", "enes", "trives", "lykkes", "findes", "færdes"})


def _is_passive(verb: str) -> bool:
    """Say whether what the verb says is done to its subject: "Mia indkaldes"."""
    return verb.endswith("es") and verb not in _DEPONENT


def _has_other_surname(
    tokens: Sequence[Token], mention: _Mention, mentions: Sequence[_Mention]
) -> bool:
    """Say whether the name goes on with a surname that none of ours has: somebody else."""
    after = mention.place + mention.length
    ends_sentence = tokens[after - 1].text.endswith(".")
    if after >= len(tokens) or ends_sentence or any(one.place == after for one in mentions):
        return False
    word = tokens[after]
    is_name = word.text[:1].isupper() and not word.text.isupper() and word.text.isalpha()
    return is_name and word.lower not in WEEKDAYS and word.lower not in MONTHS
