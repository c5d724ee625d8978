"""Everything that depends on the reader: words, dates, zones. A leaf: it imports nothing of ours."""
