"""How answers are given for every resource: pages of lists, errors, and answers that are kept for a moment.

Start in `errors.py` (the shape of every refusal) and `paging.py` (the shape of every list); `fast_answers.py` gives a
kept answer before Flask is asked.
"""
