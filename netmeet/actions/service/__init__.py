"""Verbs of agreements: capture, correct, report, carry over."""
