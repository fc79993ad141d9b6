"""团伙: who wears which mark, kept up as observations come in, and the gangs that come of it.

`record` holds the values, `index` keeps the books (incremental, one transaction per batch), `rebuild` makes them anew from the
case, `followed_leads` tells the index what staff decide, `report` explains a gang edge by edge. What marks are and when two owners
belong together is said in `detectors.marks`; how the books are stored, by the `MarkStore` implementations in `pipelines.stores`.

Personal marks (telephone, chat, mail, payment) are kept as keyed pseudonyms with a masked form; the text they stand in is in the
lead itself, under the lead's own rules.
"""
