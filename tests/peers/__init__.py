"""Other services on loopback, real or held to their published descriptions, for the tests and the demo."""
