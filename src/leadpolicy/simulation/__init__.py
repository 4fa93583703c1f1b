"""Logs of dated facts, and how they are played in a session (docs/command.md, `lead simulate`)."""
