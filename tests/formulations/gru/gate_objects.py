"""A small computational graph: every gate is an object that remembers its inputs and knows its own derivative."""

import numpy as np


class Affine:
    def __init__(self, W, b, columns):
        self.W, self.b, self.columns = W, b, columns

    def __call__(self, x):
        self.x = x
        return x @ self.W[:, self.columns] + self.b[self.columns]

    def back(self, g, dW, db):
        dW[:, self.columns] += self.x.T @ g
        db[self.columns] += g.sum(axis=0)
        return g @ self.W[:, self.columns].T


class Sigmoid:
    def __call__(self, a):
        self.y = np.reciprocal(1 + np.exp(-a))
        return self.y

    def back(self, g):
        return g * (self.y - self.y**2)


class Tanh:
    def __call__(self, a):
        self.y = np.tanh(a)
        return self.y

    def back(self, g):
        return g - g * self.y**2


class Cell:
    def __init__(self, Wx, Wh, bx, bh):
        H = len(bh) // 3
        places = [slice(k * H, (k + 1) * H) for k in range(3)]
        self.shapes = [w.shape for w in (Wx, Wh, bx, bh)]
        self.inward, self.along = [Affine(Wx, bx, p) for p in places], [Affine(Wh, bh, p) for p in places]
        self.open, self.keep, self.squash = Sigmoid(), Sigmoid(), Tanh()

    def forward(self, x, h):
        self.h = h
        r, z, given = (layer(x) for layer in self.inward)
        past_r, past_z, self.past = (layer(h) for layer in self.along)
        self.r, self.z = self.open(r + past_r), self.keep(z + past_z)
        self.n = self.squash(given + self.r * self.past)
        return (1 - self.z) * self.n + self.z * h

    def backward(self, g):
        dWx, dWh, dbx, dbh = (np.zeros(shape) for shape in self.shapes)
        dn = self.squash.back(g * (1 - self.z))
        dr, dz = self.open.back(dn * self.past), self.keep.back(g * self.h - g * self.n)
        dx = sum(layer.back(d, dWx, dbx) for layer, d in zip(self.inward, (dr, dz, dn)))
        dh = sum(layer.back(d, dWh, dbh) for layer, d in zip(self.along, (dr, dz, dn * self.r)))
        return dx, dh + g * self.z, dWx, dWh, dbx, dbh


def gru_step_forward(x, prev_h, Wx, Wh, bx, bh):
    cell = Cell(Wx, Wh, bx, bh)
    return cell.forward(x, prev_h), cell


def gru_step_backward(dnext_h, cache):
    return cache.backward(dnext_h)


def gru_forward(x, h0, Wx, Wh, bx, bh):
    cells, h = [Cell(Wx, Wh, bx, bh) for _ in range(x.shape[1])], []
    for t, cell in enumerate(cells):
        h0 = cell.forward(x[:, t], h0)
        h.append(h0)
    return np.transpose(h, (1, 0, 2)), cells


def gru_backward(dh, cache):
    found, g = [], 0
    for t, cell in reversed(list(enumerate(cache))):
        found.append(cell.backward(dh[:, t] + g))
        g = found[-1][1]
    dx, _, *weights = zip(*found)
    return np.stack(dx[::-1], axis=1), g, *map(sum, weights)
