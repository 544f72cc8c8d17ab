"""What the clouds offer to the identity of a service, scripted on loopback: Amazon, Google and Azure."""
