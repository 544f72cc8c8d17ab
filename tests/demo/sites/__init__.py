"""Tests of the pages of the demo's GitHub and registry."""
