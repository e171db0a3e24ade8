"""What is missing before a meeting."""
