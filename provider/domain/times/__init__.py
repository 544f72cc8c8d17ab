"""Times of digests. Pure.

`check_times.py` decides when each is checked, `wrong_clocks.py` what the wrong clock of one machine must not do.
"""
