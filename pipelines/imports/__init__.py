"""Files from outside: listings a platform exported and items to assess become observations, a county's official sites rows of its roster.

`tables` reads CSV, XLSX, JSON and JSON Lines row by row and survives broken rows; `listings` maps a row to a `Listing`; `rejects`
keeps what could not be used, with line and reason; `sites`, `site_rows` and `site_checks` read a list of official sites; `filings`, `filings_table`
and `filings_rows` stream the filing registry, `filings_answers` takes back what people looked up. To add an import, write one module that turns `Row`s into values or `Rejection`s.
"""
