"""Moving a whole case: from one store to another, into a backup, out of it, and whether it is whole.

`shelf` says what a store holds, as rows that every store reads and writes alike (port `pipelines.ports.Shelf`); the implementations are
`pipelines.stores.memory_shelf`, `pipelines.stores.sqlite.shelf` and the Elasticsearch store's own. One more kind of documents:
a member of `Kind`, its type in `DOCUMENT_TYPES`, a section in every shelf, and the contract suite has it.
"""
