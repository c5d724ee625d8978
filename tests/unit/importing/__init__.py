"""Lists as HR exports them: reading, understanding, comparing."""
