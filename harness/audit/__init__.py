"""Grades the grader: programs known to be wrong or right, and which property tells them apart."""
