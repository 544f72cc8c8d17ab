"""What the records of the past show: `rebuild_times.py`, how long rebuilds took after a base image changed. Pure."""
