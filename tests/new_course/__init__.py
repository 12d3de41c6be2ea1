"""An assignment as it is on its first day: a contract and a driver, no model solution, no definition."""
