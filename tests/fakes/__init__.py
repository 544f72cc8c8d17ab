"""Honest in-memory stand-ins for the ports; each passes its port's contract suite."""
