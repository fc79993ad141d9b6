"""What we look for: terms of the trade, official sites, and how a text is folded and matched. Pure; imports nothing of ours.

`data/` holds the tables, each row with its source; `model` their values, `roster` and `loader` read them, `hosts` writes names and
URLs in one form, `fold` undoes disguises, `match` finds terms, `plan` makes a sweep's queries. To add a term or a site, add a row.
"""
