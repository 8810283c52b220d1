"""Numerical methods that know neither client nor guide."""
