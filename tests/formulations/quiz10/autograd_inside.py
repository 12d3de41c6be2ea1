"""The backward functions run the forward once more and ask torch.autograd for the gradients."""
import torch


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = (x @ Wx + prev_h @ Wh + b).tanh()
    return next_h, (x, prev_h, Wx, Wh, next_h)


def leaves(*tensors):
    return [t.detach().clone().requires_grad_(True) for t in tensors]


def bias_shift(like):
    """A bias is not in the cache; its gradient is that of a zero added in its place."""
    return torch.zeros_like(like[0]).requires_grad_(True)


class Known(torch.autograd.Function):
    """tanh whose output is known already: only the slope is needed."""

    @staticmethod
    def forward(ctx, a, h):
        ctx.save_for_backward(h)
        return h.clone()

    @staticmethod
    def backward(ctx, upstream):
        (h,) = ctx.saved_tensors
        return upstream * (1 - h * h), None


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh = leaves(*cache[:4])
    b = bias_shift(cache[4])
    next_h = Known.apply(x @ Wx + prev_h @ Wh + b, cache[4])
    return torch.autograd.grad(next_h, (x, prev_h, Wx, Wh, b), dnext_h)


def rnn_forward(x, h0, Wx, Wh, b):
    h, cache, state = [], [], h0
    for t in range(x.size(1)):
        state, one = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h.append(state)
        cache.append(one)
    return torch.stack(h, dim=1), cache


def rnn_backward(dh, cache):
    x, h0, Wx, Wh = leaves(torch.stack([c[0] for c in cache], dim=1), cache[0][1], cache[0][2], cache[0][3])
    b = bias_shift(h0.detach())
    states, state = [], h0
    for t, c in enumerate(cache):
        state = Known.apply(x[:, t] @ Wx + state @ Wh + b, c[4])
        states.append(state)
    return torch.autograd.grad(torch.stack(states, dim=1), (x, h0, Wx, Wh, b), dh)
