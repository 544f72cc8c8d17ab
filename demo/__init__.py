"""The whole service with real peers on one machine: a base image changes, and its dependents are rebuilt."""
