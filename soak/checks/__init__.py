"""What must hold at the end of a soak: each check takes the evidence and gives a line. Start in `line.py`."""
