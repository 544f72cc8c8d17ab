"""GET /api/v1/simulation: what other policies would have built. The command line prints the same documents."""
