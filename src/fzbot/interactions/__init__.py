"""One row for each message in and its reply, durable before the reply leaves."""
