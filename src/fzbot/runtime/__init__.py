"""What keeps processes running: jobs, leader election, notifications between workers, logs, metrics."""
