"""Lists that people take away."""
