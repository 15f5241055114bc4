"""The schema of refusal notices, step by step (Alembic). A released step is never edited; a change is a new file."""
