"""What runs when: schedules and queues; a job is only a wake-up."""
