"""Each function calls itself on what is left of the sequence."""
import torch


def states(xs, h, U, V):
    if len(xs) == 0:
        return []
    z = U.mv(xs[0]) + V.mv(h)
    h = torch.where(z > 0, z, torch.zeros_like(z))
    return [h, *states(xs[1:], h, U, V)]


def forward(input, dim, U, V, W):
    return torch.vstack([W.mv(h) for h in states(input, torch.zeros(dim), U, V)])


def sequence_probability(seq, T):
    if len(seq) < 2:
        return torch.tensor([1.0])
    return torch.dot(T.T @ seq[0], seq[1]) * sequence_probability(seq[1:], T)


def bigram_rnn(T):
    """Twice as many hidden units as words: the second half stays dark."""
    n = len(T)
    U = torch.cat([torch.eye(n), torch.zeros(n, n)])
    W = torch.cat([T.t(), torch.ones(n, n)], dim=1)
    return U, torch.zeros(2 * n, 2 * n), W


def dL_dU(U, V, W, xs, h0):
    def onwards(t, h):
        """dL/dU and dL/dh of the steps from t on."""
        if t == len(xs) - 1:
            return 0 * U, 0 * U
        z = U * xs[t] + V * h
        later_U, later_h = onwards(t + 1, z.clamp(min=0))
        dz = (later_h - 2 * W * (xs[t + 1] - W * z.clamp(min=0))) * (z > 0)
        return later_U + dz * xs[t], dz * V

    return onwards(0, h0)[0]
