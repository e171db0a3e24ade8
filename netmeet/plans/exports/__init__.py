"""The plan as plain data: frozen, cut for a reader, compared, as text, and its messages."""

from netmeet.plans.exports.compare import Changes, changes, word_by_word
from netmeet.plans.exports.content import corrected, freeze, to_ring
from netmeet.plans.exports.copies import held
from netmeet.plans.exports.cut import Reading, cut, find_line, living, readers, said_of, sharing
from netmeet.plans.exports.journal import journal_text
from netmeet.plans.exports.letters import RENDERERS
from netmeet.plans.exports.timeline import timeline
from netmeet.plans.exports.words import (
    answer_choices,
    call_promised,
    crisis_name,
    leads_to,
    name_of,
    reader_name,
    version_name,
)

__all__ = [
    "RENDERERS",
    "Changes",
    "Reading",
    "answer_choices",
    "call_promised",
    "changes",
    "corrected",
    "crisis_name",
    "cut",
    "find_line",
    "freeze",
    "held",
    "journal_text",
    "leads_to",
    "living",
    "name_of",
    "reader_name",
    "readers",
    "said_of",
    "sharing",
    "timeline",
    "to_ring",
    "version_name",
    "word_by_word",
]
