"""Tests of the release tracker."""
