"""Tests of what is asked of Docker Hub's API."""
