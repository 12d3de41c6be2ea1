import torch


def forward(input, dim, U, V, W):
    N, _ = input.shape
    h = torch.zeros(dim)
    logits = torch.zeros(N, dim)
    for t in range(N):
        h = torch.relu(U @ input[t] + V @ h)
        logits[t] = W @ h
    return logits


def sequence_probability(seq, T):
    prob = 0
    for i in range(1, len(seq)):
        prob += torch.log(seq[i - 1] @ T @ seq[i])
    return prob


def bigram_rnn(T):
    return torch.eye(2), torch.zeros(2, 2), T.T
