"""The tiny clients of every phase."""

from client_fixtures import client, ended, evaluated, prioritized, result, tiny

__all__ = ["client", "ended", "evaluated", "prioritized", "result", "tiny"]
