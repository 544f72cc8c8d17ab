"""A base image moves, and what stands on it is rebuilt: the whole service against real peers on this machine."""
