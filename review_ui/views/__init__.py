"""See `review_ui`."""
