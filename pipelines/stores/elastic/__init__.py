"""What staff share, in an Elasticsearch cluster of one node or many: leads, observations, audit log, accounts, snapshots, runs, watched names.

What belongs to one machine alone stays in its SQLite file: fact cache, frontier, feed bookmarks, filing registry, books of marks.

    connection    the client; how long we are patient; the server's errors made into sentences
    layouts       one row per index: its mapping file (`mappings/*.json`, strict) and what its documents are indexed by
    index         one index behind its alias: read, compare-and-set, search, walk
    bulk          many writes at once through the official helper
    search, words a condition as query DSL; text as pairs of characters, so that every substring is found as on SQLite
    reindex       to a new mapping or number of shards while everybody goes on working
    shelf         all of it as rows of documents, to be copied and compared

One module per port besides. Documents are the same JSON as on SQLite, kept whole in `document`, which is not indexed; everything
searched, counted or sorted by stands beside it. Only this room imports `elasticsearch`, and only what 8.x and 9.x have in common.
"""
