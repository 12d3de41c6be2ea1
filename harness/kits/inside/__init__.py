"""What only a student's kit holds: each module stands in the place of one that a kit must do without."""
