"""Figures told as documents, one file a report, in Vietnamese. They know no store and no file format."""
