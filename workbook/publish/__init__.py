"""Executed notebooks become deliverables: HTML, PDF, spreadsheet, figure register and index.

`execute` runs a notebook, `notebooks`, `markdown` and `bundle` read it into a `document`, `html` and `pdf` (with
`typesetting`) set it, `spreadsheet` and `registers` hand over its tables and figures, `package` writes it all at once
(`atomic`), `batch` does so for many: `orders` says what is asked of it, `jobs` what a worker does. `lab` copies the
notebooks for working live. The pages themselves stand in `templates/`.
"""

import sys

# nbformat imports jsonschema, which imports this where it is installed: a grammar of internet addresses that takes a
# second to build, in every process, and that no notebook's schema asks for. jsonschema does without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
