"""From a failed property to what a person needs: whose mistake it is, and the smallest case that shows it."""
