"""Executed notebooks become deliverables: HTML, PDF, spreadsheet, figure register and index."""
