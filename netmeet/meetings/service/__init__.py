"""Verbs of meetings: ask, plan, prepare, build the agenda, write the minutes."""
