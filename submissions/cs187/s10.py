import torch


def forward(input, dim, U, V, W):
    X = torch.stack([x.reshape(dim) for x in input])
    A = X @ U.T
    h = torch.zeros(dim)
    rows = []
    for a in A:
        h = torch.nn.functional.relu(a + h @ V.T)
        rows.append(h)
    return torch.stack(rows) @ W.T


def sequence_probability(seq, T):
    def rest(i):
        return 1.0 if i >= len(seq) else float(seq[i - 1] @ T @ seq[i]) * rest(i + 1)

    return rest(1)


def bigram_rnn(T):
    n = len(T)
    U = torch.zeros(n, n)
    U[range(n), range(n)] = 1
    return U, torch.zeros(n, n), torch.transpose(T, 0, 1)


def dL_dU(U, V, W, xs, h0):
    """Back through time."""
    N = len(xs) - 1
    hs = [h0]
    for t in range(N):
        hs.append(max(U * xs[t] + V * hs[-1], 0 * U))
    gradient, dh = 0.0, 0.0
    for t in range(N, 0, -1):
        dh = dh - 2 * (xs[t] - W * hs[t]) * W
        da = dh if hs[t] > 0 else 0.0
        gradient = gradient + da * xs[t - 1]
        dh = da * V
    return -gradient
