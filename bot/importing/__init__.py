"""Lists as HR exports them, read, understood and compared with what is known. It changes nothing itself.

`reading` makes a table of a file, `columns` and `drafts` make drafts of its rows, `verdicts` compares
them with what exists, `applying` says what to save.
"""
