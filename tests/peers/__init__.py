"""Other services on loopback for the tests and the demo: real ones, or fakes checked against published descriptions."""
