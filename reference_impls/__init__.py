"""Model solutions, one folder an assignment, in the interface the course asks for; and the mistakes made from them."""
