"""Data files in and out: leads and facts are read, decisions and bad rows are written."""
