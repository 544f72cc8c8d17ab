"""Reading many sources with few requests, where a provider can do that: one file for each of those providers."""
