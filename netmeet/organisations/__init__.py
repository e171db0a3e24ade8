"""Regions, centres, municipalities, units, committees and offers, all with validity dates."""
