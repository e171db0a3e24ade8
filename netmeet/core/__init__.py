"""What every slice stands on: database, sealed text, access, ids, clock and calendar."""
