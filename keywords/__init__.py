"""What we look for: terms of the trade, official sites, and how a text is folded and matched. Pure; imports nothing of ours.

`data/` holds the tables, each row with its source; `model` their values, `roster` and `loader` read them, `hosts` writes names and
URLs in one form, `fold` undoes disguises, `match` finds terms, `plan` makes a sweep's queries. To add a term or a site, add a row.

`fold` is made of `characters` (plain forms), `layout` (what stands between), `screen` (where to look at all), `disguises` (the table of
words, in `contexts`) and `readings` (what sounds or looks like one of the `trade_words`). To teach it a disguise, add a row to
`data/disguises.csv`; a character sellers swap, to `homophones.csv`; a split character, to `splits.csv`.
"""
