"""The official account: verify, decrypt, hand over, answer in time."""
