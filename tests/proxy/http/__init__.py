"""The transport, address by address and fault by fault."""
