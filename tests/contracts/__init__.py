"""One contract suite a port, run over every adapter and the fake."""
