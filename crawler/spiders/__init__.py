"""See `crawler`."""
