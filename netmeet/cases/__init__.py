"""The person, the case, the team, consent and legal basis: all that decides who may see."""
