"""A platform to try things with: behaves like WeChat's, over HTTP, in memory. Shares no code with the service."""
