"""Who saw and changed what: an append-only, keyed chain."""
