"""Use cases: read by ports, decide in the domain, write by ports."""
