"""Makes what answers "what if" questions from the parts of a process."""
