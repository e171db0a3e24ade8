"""Whole-case export and import."""
