"""Executed notebooks become deliverables: HTML, PDF, spreadsheet, figure register and index.

`execute` runs a notebook, `notebooks`, `markdown` and `bundle` read it into a `document`, `html` and `pdf` (with
`typesetting`) set it, `spreadsheet` and `registers` hand over its tables and figures, `package` writes it all at once
(`atomic`), `batch` does so for many: `orders` says what is asked of it, `jobs` what a worker does. `lab` copies the
notebooks for working live. The pages themselves stand in `templates/`.
"""
