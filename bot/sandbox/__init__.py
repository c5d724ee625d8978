"""Local stand-ins of the platforms on their real wire formats, and scenarios played on them."""
