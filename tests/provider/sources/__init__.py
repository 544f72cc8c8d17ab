"""Tests of the sources of Dockerfiles."""
