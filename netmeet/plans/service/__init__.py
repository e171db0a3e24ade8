"""Verbs of plans: write, publish, answer, say that a line is wrong."""

from netmeet.plans.service import answers, publish, sections

__all__ = ["answers", "publish", "sections"]
