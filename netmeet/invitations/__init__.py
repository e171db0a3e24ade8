"""Sending, answers, deputies, written input and calendar."""
