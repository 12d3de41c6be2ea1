import torch

device = torch.device("cpu")


def forward(input, dim, U, V, W):
    h = torch.zeros(dim, device=device, dtype=torch.float32)
    logits = torch.zeros(len(input), dim, dtype=torch.float32)
    for t in range(len(input)):
        h = torch.clamp(U @ input[t] + V @ h, min=0)
        logits[t] = W @ h
    return logits


def sequence_probability(seq, T):
    probability = torch.ones(1, dtype=torch.float32)
    for i in range(1, len(seq)):
        probability = probability * torch.dot(seq[i - 1] @ T, seq[i]).float()
    return probability
