"""What is rendered, kept word for word."""
