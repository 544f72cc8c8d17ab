"""When Dockerfiles are read: `schedule.py` takes what was read, and gives the names of the images that are due."""
