"""The stories of the sandbox, each played whole in both languages."""
