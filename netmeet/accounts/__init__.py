"""Users, sign-in, sessions, roles in units, personal links, rate counters."""
