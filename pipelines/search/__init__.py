"""The search language for staff: words, "phrases", `-not`, `字段:值`, ranges. Pure: text in, a condition out; stores evaluate it.

    model.py   the condition: a small frozen tree
    fields.py  the one table of fields: names staff type, how each is stored, what a lead has in it
    parse.py   a staff member's text → condition, or a `QuerySyntaxError` that points at the place
    values.py  what stands after a colon: labels, numbers, dates
    match.py   `matches(condition, lead)`: what every store must answer alike

One more field: a row in `fields.FIELDS`. SQLite's columns, Elasticsearch's mapping and the help on the page follow from the table;
a store that lays out files needs a new layout, too. May import `pipelines.model`, `pipelines.labels`, `detectors` and `keywords`.
"""
