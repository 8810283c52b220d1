"""What is true of one client: schema, loading with all faults at once, saving, approvals, commentary."""

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
