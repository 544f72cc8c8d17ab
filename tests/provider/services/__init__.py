"""The use cases, over ports in memory and a clock that the test moves."""
