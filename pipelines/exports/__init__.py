"""Papers that leave the house: one file per paper. Each returns `ExportFile`s and touches neither store nor disk.

`takedown` (处置清单, XLSX) and `delisting` (平台下架函, DOCX) stand; `basis` reads the law texts and fixed wording from `data/`, which staff
edit. To add a paper, write one module with one `export_…` function and call it from `deploy.cli.export` and `review_ui.views.exports`.
"""
