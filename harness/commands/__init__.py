"""What each command does; heavy imports stand inside the functions."""
