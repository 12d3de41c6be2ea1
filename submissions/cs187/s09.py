import torch

def forward(input, dim, U, V, W):
    h = torch.zeros(dim)
    logits = []
    for x in input
        h = torch.relu(U @ x + V @ h)
        logits.append(W @ h)
    return torch.stack(logits)

def sequence_probability(seq, T):
    return torch.prod(torch.sum((seq[:-1] @ T) * seq[1:], dim=1))
