"""Tests of GET /api/v1/simulation."""
