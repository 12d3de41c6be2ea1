"""What autograd differentiates: the vanilla RNN as the handout defines it."""

from harness.assignments.vanilla_definition import FORWARDS

__all__ = ["FORWARDS"]
