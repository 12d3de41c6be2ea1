"""mytorch: an Elman cell and a many-to-one classifier in numpy, gradients averaged over the batch."""
