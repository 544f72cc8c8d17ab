"""Documents of many megabytes: compressed once, kept until they change, and sent in pieces.

Start in `large_answers.py`; `compressed_text.py` is the kept form, from which the plain text is sent too.
"""
