"""The engine as papermill finds it by its entry point, which it loads while it is itself being imported.

`engine` cannot be loaded at that moment if it is `engine` that imports papermill; so it is loaded on first use.
"""

from __future__ import annotations

from typing import Any


class _Later:
    """Stands for the engine until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        from workbook.publish.engine import WarmEngine

        return getattr(WarmEngine, name)


ENGINE = _Later()
