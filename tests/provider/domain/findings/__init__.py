"""What a person is shown of an enrollment before it is committed."""
