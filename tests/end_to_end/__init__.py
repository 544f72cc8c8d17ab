"""The whole house at work against real peers."""
