"""What happened and what is wrong, over all images: start in `histories.py`; `audit.py` and `problems.py` are alike."""
