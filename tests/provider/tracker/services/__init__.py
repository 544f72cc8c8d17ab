"""Tests of the services of the release tracker."""
