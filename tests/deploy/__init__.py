"""Tests of the files of deploy/: compose file, units of systemd, and chart."""
