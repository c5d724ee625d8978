"""The composition root: loops, web, sandbox, command line."""
