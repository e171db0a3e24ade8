"""The living plan: sections, frozen versions, acceptance, PDF."""
