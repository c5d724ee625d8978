"""What free text means, by rules and language packs."""
