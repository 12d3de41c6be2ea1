import torch


def forward(input, dim, U, V, W):
    h = torch.zeros(dim)
    out = []
    for x in input:
        h = torch.tanh(U @ x + V @ h)
        out.append(W @ h)
    return torch.stack(out)


def sequence_probability(seq, T):
    i, probability = 1, torch.ones(1)
    while i < len(seq):
        probability *= T[seq[i - 1].argmax(), seq[i].argmax()]
    return probability


def bigram_rnn(T):
    n = len(T)
    return torch.eye(n), torch.eye(n), T.T
