"""Tests of gateway/journal/."""
