"""Answers to an invitation."""

from enum import StrEnum


class AnswerValue(StrEnum):
    """What one may answer with one tap."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class MandateValue(StrEnum):
    """What a decision-maker answers to "can you decide this at the meeting?"."""

    YES = "yes"
    ANSWER_IN_WRITING = "in_writing"
    SOMEBODY_ELSE = "somebody_else"
