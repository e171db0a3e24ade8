"""Reads of the screens over many slices."""
