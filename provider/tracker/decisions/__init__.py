"""The release tracker's decisions: addresses, versions, what a poll changes. Pure."""
