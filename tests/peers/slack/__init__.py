"""A small strict Slack: the methods that this service calls, with Slack's own checks and refusals."""
