"""Request, preparation, agenda, meeting and minutes."""
