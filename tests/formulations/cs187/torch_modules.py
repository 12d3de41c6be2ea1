"""torch.nn does the work; probabilities are added as logarithms."""
import torch
from torch import nn


def forward(input, dim, U, V, W):
    if not torch.is_tensor(input):
        input = torch.stack(input)
    rnn = nn.RNN(dim, dim, nonlinearity="relu", bias=False).to(U.dtype)
    head = nn.Linear(dim, dim, bias=False).to(U.dtype)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(U)
        rnn.weight_hh_l0.copy_(V)
        head.weight.copy_(W)
    h, _ = rnn(input)
    return head(h)


def sequence_probability(seq, T):
    if seq.shape[0] == 1:
        return torch.tensor(1.0)
    logs = torch.log(T)
    total = 0.0
    for before, after in zip(seq[:-1], seq[1:]):
        total += logs[before.nonzero().item(), after.nonzero().item()]
    return total.exp()


def bigram_rnn(T):
    table = nn.Embedding.from_pretrained(T)
    words = torch.arange(len(T))
    return nn.functional.one_hot(words).double(), torch.zeros_like(T), table(words).T


def dL_dU(U, V, W, xs, h0):
    cell = nn.RNNCell(1, 1, bias=False, nonlinearity="relu").to(xs.dtype)
    with torch.no_grad():
        cell.weight_ih.fill_(U)
        cell.weight_hh.fill_(V)
    h, outputs = h0.view(1, 1), []
    for x in xs[:-1]:
        h = cell(x.view(1, 1), h)
        outputs.append(W * h.squeeze())
    nn.MSELoss(reduction="sum")(torch.stack(outputs), xs[1:]).backward()
    return cell.weight_ih.grad
