"""Tests of proxy.http.budgets."""
