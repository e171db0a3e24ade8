"""The person, the course, the team, consent and legal basis: everything that decides who may see."""
