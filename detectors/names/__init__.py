"""What a host name says: does it imitate an official site, or pretend to be some Chinese government host?

`target` makes the targets from the roster, `lexicon` reads the trade's words (`data/`), `read` folds a name to letters with offsets,
`tokens` cuts it into known words (`reading`), `rules_*` each look for one family of tricks, `engine` runs them behind a cheap
sieve, `generate` writes the names an outsider might register, `detector` turns hits into signals. Pure; imports `keywords` only.

To teach it a word, add a row to `data/lexicon.csv`; to teach it a trick, add a function to a `rules_*` module and to
`engine.RULES`, and names that show it to `tests/golden/names/`.
"""
