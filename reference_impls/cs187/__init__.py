"""Model solutions of the lab on RNN calculations, and its misconceptions."""
