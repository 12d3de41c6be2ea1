def forward(input, dim, U, V, W):
    """Cut out of the notebook: torch, device and relu are what other cells have set up."""
    h0 = torch.zeros(dim, device=device)
    h = h0
    logits = []
    for x in input:
        h = relu(U @ x + V @ h)
        logits.append(W @ h)
    logits = torch.stack(logits)
    return logits


def sequence_probability(seq, T):
    prob = torch.ones(1)
    for i in range(1, len(seq)):
        prob = prob * (seq[i - 1] @ T @ seq[i])
    return prob


def bigram_rnn(T):
    N = T.shape[0]
    return torch.eye(N), torch.zeros(N, N), T.T


def dL_dU(U, V, W, xs, h0):
    h, dh, total = h0, 0.0, 0.0
    for t in range(len(xs) - 1):
        z = U * xs[t] + V * h
        dh = (xs[t] + V * dh) if z > 0 else torch.zeros(())
        h = relu(z)
        total = total + 2 * (W * h - xs[t + 1]) * W * dh
    return total
