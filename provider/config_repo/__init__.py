"""The config repository: its layout and documents, and the git side."""
