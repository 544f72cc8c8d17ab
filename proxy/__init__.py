"""What the outside world says about an image, without handing out the credentials."""
