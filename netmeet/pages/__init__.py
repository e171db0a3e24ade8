"""Screens over many slices; they only read."""
