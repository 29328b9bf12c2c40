"""Messages that come before everything: rules, a classifier, and the judge of both."""
