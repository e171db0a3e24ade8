"""netmeet: one chain from a person's own words to the agreement that was kept."""
