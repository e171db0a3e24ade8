"""Which reminders are due now, derived and never stored."""
