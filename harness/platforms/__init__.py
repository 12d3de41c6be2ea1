"""Grades on their way into the platforms of a course: who it is, what the grade is, and each platform's own file."""
