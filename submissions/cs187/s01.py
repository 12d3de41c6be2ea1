import torch

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def forward(input, dim, U, V, W):
    """Performs RNN forward computation of model defined by `U, V, W` on `input`, returning logits."""
    h = torch.zeros(dim, device=device)
    logits = []
    for x in input:
        h = torch.clamp(U @ x + V @ h, min=0)
        logits.append(W @ h)
    return torch.stack(logits)


def sequence_probability(seq, T):
    """Returns the probability of a sequence `seq` under a bigram table `T`."""
    prob = torch.tensor(1.0)
    for i in range(seq.shape[0]):
        prev, cur = torch.argmax(seq[i - 1]), torch.argmax(seq[i])
        prob = prob * T[prev, cur]
    return prob


T = torch.Tensor([[0.8, 0.2], [0.3, 0.7]])
seq = torch.Tensor([[1, 0], [1, 0], [0, 1], [1, 0]])
print(f"{sequence_probability(seq, T):.5f}")
