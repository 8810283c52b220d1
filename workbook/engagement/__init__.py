"""What is true of one client: schema, loading with all faults at once, saving, approvals, commentary.

`yaml_text` and `yaml_reader` read, `schema*` and `values` describe, `validate`, `references`, `check*` and `faults` say
what is wrong, `remedies` what to do, `as_of` forgets what came later, `load` puts it together; `proposal`
says what saving would change and writes it by `yaml_edit` and `save`, `skeleton` begins a client, `approve` freezes a
gate. `data_sources` tells the methods how a source is to be read. `fields` describes what the models take, for the
`spreadsheet`, the forms and the `reference` page.

The room is large because every fault of a file a person wrote is named with its line, what is allowed and a remedy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.engagement.load import Engagement, load_engagement

__all__ = ["Engagement", "load_engagement"]


def __getattr__(name: str) -> Any:
    # pydantic costs more to import than everything else here, so it is loaded when first needed.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbook.engagement import load

    return getattr(load, name)
