def forward(input, dim, U, V, W):
    h0 = torch.zeros(dim, device=device)
    h = [h0]
    for i in range(len(input)):
        h.append(relu(U @ input[i] + V @ h[i]))
    logits = torch.stack([W @ h_t for h_t in h[1:]])
    return logits


def sequence_probability(seq, T):
    return torch.prod(torch.diag(seq[:-1] @ T @ seq[1:].T))


def bigram_rnn(T):
    # sigma(x) = x
    n = T.shape[0]
    return torch.eye(n), torch.zeros((n, n)), T.T


def dL_dU(U, V, W, xs, h0):
    h, o = [h0], []
    for x in xs[:-1]:
        h.append(relu(U * x + V * h[-1]))
        o.append(W * h[-1])
    total = 0.0
    for t in range(len(o)):
        dL_do = 2 * (o[t] - xs[t + 1])
        path = W
        for s in range(t, -1, -1):
            if h[s + 1] <= 0:
                break
            total = total + dL_do * path * xs[s]
            path = path * V
    return total
