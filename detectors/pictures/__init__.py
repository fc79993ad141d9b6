"""What pictures show: where their codes lead, what is printed on them, whether a certificate's number and dates have a sound form.

`code_targets` reads one code, `codes` is the detector of codes, `printed_text` lets the wording detector read pictures too.
`identity_numbers`, `certificate_numbers`, `validity` and `trades` check form; `card` reads a photographed certificate,
`verdict` says in one sentence what came of it, `listed_certificate` checks a row of a company's list. Decoding is done in
`pipelines.pictures`; here everything is pure. Form is never proof: a sound number can be borrowed, so every sentence sends
the reader to the official site.

To know one more service behind codes, add a row to `data/code_hosts.csv`; one more form of number, a row to
`certificate_numbers.FORMS`.
"""
