"""The pages that enroll, change and remove images. Start in `pages.py`.

`fields.py` lists the fields of the form with their help, `form.py` turns what a person sends into an entry and
back, and `outcomes.py` has what a person reads after a check and a commit.
"""
