"""What the words of a request may be; without imports of ours, for the command line."""

import re

CVE_FORM = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
"""The id of a vulnerability. Source: the CVE program's "CVE ID Syntax": at least four digits after the year."""

LONGEST_REASON = 500
