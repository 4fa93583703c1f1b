"""Leads in columns: a Polars frame in, its decisions as a frame out."""
