"""Grades many submissions: finds them, shares them out, loses none."""
