"""Written for numbers as the handout prints them, tensors of one element: U[0] is the number."""
import torch


def relu(x):
    return torch.max(x, torch.zeros_like(x))


def forward(input, dim, U, V, W):
    h = torch.zeros((dim, 1))
    logits = torch.empty((0, dim))
    for x in input:
        h = relu(U.matmul(x[:, None]) + V.matmul(h))
        logits = torch.cat((logits, (W @ h).T))
    return logits


def sequence_probability(seq, T):
    probability = torch.Tensor([1])
    i = 1
    while i < len(seq):
        probability = probability * T[torch.argmax(seq[i - 1])][torch.argmax(seq[i])]
        i += 1
    return probability


def bigram_rnn(T):
    U = torch.zeros(len(T), len(T))
    U.fill_diagonal_(2.0)
    return U, torch.zeros(T.shape), T.T / 2


def dL_dU(U, V, W, xs, h0):
    x = torch.cat(xs)
    u, v, w = U[0], V[0], W[0]
    h, slope = [h0[0]], []
    for t in range(len(x) - 1):
        a = u * x[t] + v * h[t]
        h.append(relu(a))
        slope.append(1.0 if a > 0 else 0.0)
    total = torch.zeros(1)
    for t in range(1, len(x)):
        for s in range(1, t + 1):
            path = x[s - 1] * slope[s - 1]
            for k in range(s + 1, t + 1):
                path = path * v * slope[k - 1]
            total += 2 * (w * h[t] - x[t]) * w * path
    return total
