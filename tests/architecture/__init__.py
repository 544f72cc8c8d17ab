"""How the house is built, held by tests: what is built is wired, and one word means one thing."""
