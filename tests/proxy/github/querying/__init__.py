"""Tests of reads with GraphQL."""
