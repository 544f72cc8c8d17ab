"""The whole service against real peers."""
