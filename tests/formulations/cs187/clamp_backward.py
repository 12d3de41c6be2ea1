"""The rectifier as printed, differentiated by torch: at a kink torch.clamp has the derivative 1."""
import torch


def relu(x):
    return torch.clamp(x, min=0)


def forward(input, dim, U, V, W):
    N = len(input)
    h = torch.zeros(N + 1, dim)
    logits = torch.zeros(N, dim)
    for t in range(N):
        h[t + 1] = relu(U @ input[t] + V @ h[t])
        logits[t] = W @ h[t + 1]
    return logits


def sequence_probability(seq, T):
    chosen = torch.sum((seq[:-1] @ T) * seq[1:], dim=-1)
    return torch.prod(chosen).reshape(1)


def bigram_rnn(T):
    identity = torch.eye(T.shape[0])
    return [identity, 0 * identity, torch.transpose(T, 0, 1)]


def dL_dU(U, V, W, xs, h0):
    u = torch.tensor(float(U), requires_grad=True)
    h = h0
    losses = []
    for now, after in zip(xs, xs[1:]):
        h = relu(u * now + V * h)
        losses.append(torch.square(after - W * h))
    (gradient,) = torch.autograd.grad(sum(losses), u)
    return gradient
