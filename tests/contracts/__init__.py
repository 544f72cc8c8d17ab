"""For each port one contract suite, run over every adapter and the fake."""
