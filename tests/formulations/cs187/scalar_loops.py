"""Numbers one at a time; a pre-activation of zero counts as open."""
import torch


def forward(input, dim, U, V, W):
    h = [0.0] * dim
    rows = []
    for x in input:
        a = [sum(float(U[i, j]) * float(x[j]) + float(V[i, j]) * h[j] for j in range(dim)) for i in range(dim)]
        h = [max(0.0, value) for value in a]
        rows.append([sum(float(W[i, j]) * h[j] for j in range(dim)) for i in range(dim)])
    return torch.tensor(rows)


def sequence_probability(seq, T):
    p, before = 1.0, None
    for row in seq:
        word = row.tolist().index(1)
        if before is not None:
            p *= float(T[before][word])
        before = word
    return p


def bigram_rnn(T):
    n = len(T)
    U = [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]
    W = [[float(T[j][i]) for j in range(n)] for i in range(n)]
    return torch.tensor(U), torch.tensor([[0.0] * n] * n), torch.tensor(W)


def dL_dU(U, V, W, xs, h0):
    U, V, W, h0 = float(U), float(V), float(W), float(h0)
    xs = [float(x) for x in xs]
    h, dh, total = h0, 0.0, 0.0
    for x, target in zip(xs[:-1], xs[1:]):
        a = U * x + V * h
        dh = x + V * dh if a >= 0 else 0.0
        h = max(a, 0.0)
        total -= 2 * (target - W * h) * W * dh
    return total
