"""Tests of the requests to Docker Hub's API."""
