"""Managers' and committees' figures."""
