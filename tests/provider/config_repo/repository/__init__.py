"""Commits and pushes, and what interrupts them."""
