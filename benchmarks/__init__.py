"""How much each page costs, as ratios against a plain page within one run."""
