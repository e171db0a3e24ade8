"""What pages cost and how long a save takes when many meetings are on, as ratios in one run."""
