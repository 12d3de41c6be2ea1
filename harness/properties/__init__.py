"""Claims every right implementation satisfies on every case, each a pure function of plain arrays."""
