"""One message in, one reply out, one row counted: the one way every channel takes."""
