"""What became of a notice: receipts, reads, forwards, and the counts of them."""
