"""What leaves the building: a kit for students to check themselves, and tests for Otter."""
