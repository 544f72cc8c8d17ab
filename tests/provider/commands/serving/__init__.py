"""Tests of the processes of the web server."""
