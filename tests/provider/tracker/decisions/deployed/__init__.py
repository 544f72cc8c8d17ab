"""Tests of deployed versions and of what there is to update."""
