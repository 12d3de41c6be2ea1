import torch

device = torch.device("cpu")


def forward(input, dim, U, V, W):
    """Performs RNN forward computation of model defined by `U, V, W`
    on `input`, returning logits.
    """
    h0 = torch.zeros(dim, device=device)
    # TODO: your code below
    logits = ...
    return logits


# TODO -- Write a function to find the probability of a sequence given a bigram table
def sequence_probability(seq, T):
    """Returns the probability of a sequence `seq` under a bigram table `T`."""
    ...
