"""Every store in one SQLite file, shared by the crawler, the review desk and the command line at the same time.

`connection` opens the file and turns SQLite's errors into ours, `schema.sql` is the whole layout; one module per port. Documents
are JSON; what is filtered, counted or sorted by stands beside them in indexed columns, and `words` makes the search index.
"""
