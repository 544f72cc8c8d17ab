"""Tests of the answers to "what if" questions."""
