"""Independent sources of truth, and how far rounding alone can lead from them."""
