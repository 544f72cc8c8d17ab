"""Verification of base images: `verifications.py` makes the checks that are due and records their results."""
