"""Agreements with one owner and a date, and what became of them."""
