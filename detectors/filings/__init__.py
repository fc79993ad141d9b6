"""Numbers by which sites name themselves, and whose they are; pure.

`numbers` finds them (`written` in texts, `linked` in addresses, images and markup), `filing_mismatch` judges form and compares with the
official sites (`official_marks`), `filing_registry` compares with the facts the imported registry put on the observation
(`HostFacts.filings`). To add a sort of number, give `FilingKind` a member and `written` or `linked` a function.
"""
