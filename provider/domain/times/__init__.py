"""Times of digests: `check_times.py` decides when each is checked, `wrong_clocks.py` what a wrong clock must not do. Pure."""
