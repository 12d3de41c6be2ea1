"""The registry of assignments; one folder each."""
