"""Tests of requests to the catalog of Backstage."""
