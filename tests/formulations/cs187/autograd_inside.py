"""The gradient is left to torch; at a kink torch.relu has the derivative 0."""
import torch
import torch.nn.functional as F


def forward(input, dim, U, V, W):
    h = torch.zeros(dim)
    out = []
    for i in range(len(input)):
        h = F.relu(torch.matmul(U, input[i]) + torch.matmul(V, h))
        out.append(torch.matmul(W, h).unsqueeze(0))
    return torch.cat(out, dim=0)


def sequence_probability(seq, T):
    ids = torch.argmax(seq, dim=1)
    return torch.prod(T[ids[:-1], ids[1:]])


def bigram_rnn(T):
    U = T.clone().t()
    return U, U - U, torch.diag(torch.ones(T.size(0)))


def dL_dU(U, V, W, xs, h0):
    U = U.clone().detach().requires_grad_(True)
    h, loss = h0, 0
    for t in range(len(xs) - 1):
        h = F.relu(U * xs[t] + V * h)
        loss = loss + (xs[t + 1] - W * h) ** 2
    loss.backward()
    return U.grad
