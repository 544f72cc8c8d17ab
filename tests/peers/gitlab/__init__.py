"""A stateful GitLab on loopback, as strict about requests and answers as GitLab's API documentation."""
