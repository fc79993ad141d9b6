"""The practice range: a pretend internet on loopback."""
