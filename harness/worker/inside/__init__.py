"""What runs beside the student's code; it knows no answer and imports nothing of the grader's."""
