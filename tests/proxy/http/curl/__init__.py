"""Tests of proxy.http.curl."""
