"""Trains MyTorch's RNNPhonemeClassifier on made-up sequences whose class depends on an early and a late frame.

    python examples/train_phonemes.py [SUBMISSION] --out PICTURE.png

The cells' gradients are those of the submission's own `backward`, which runs in a worker and averages them over the
batch. The output layer belongs to an earlier homework, so its gradients and the loss are computed here.
"""

from __future__ import annotations

from argparse import Namespace

import numpy as np

from training import Array, Arrays, Exercise, Workbench, curves, main, plot, results

STEPS, SIZE, HIDDEN, CLASSES, LAYERS = 8, 3, 10, 4, 2
BATCH = 24
RATE = 0.02


def minibatch(rng: np.random.Generator) -> tuple[Array, Array]:
    """Frames (N,T,D), and a class for each sequence: the signs of the first number of frames 1 and T-2."""
    frames = rng.standard_normal((BATCH, STEPS, SIZE))
    early, late = (frames[:, t, 0] > 0 for t in (1, STEPS - 2))
    return frames, 2 * early + late


def starting_parameters(seed: int = 1) -> Arrays:
    """Small random weights, zero biases; keyed as the contract names the classifier's inputs."""
    rng = np.random.default_rng(seed)
    parameters: Arrays = {"W": rng.standard_normal((CLASSES, HIDDEN)) / np.sqrt(HIDDEN), "b": np.zeros(CLASSES)}
    for layer in range(LAYERS):
        below = SIZE if layer == 0 else HIDDEN
        parameters[f"W_ih[{layer}]"] = rng.standard_normal((HIDDEN, below)) / np.sqrt(below)
        parameters[f"W_hh[{layer}]"] = rng.standard_normal((HIDDEN, HIDDEN)) / np.sqrt(HIDDEN)
        parameters[f"b_ih[{layer}]"] = parameters[f"b_hh[{layer}]"] = np.zeros(HIDDEN)
    return parameters


def learn(bench: Workbench, parameters: Arrays, rng: np.random.Generator) -> tuple[float, Arrays]:
    """One minibatch: the mean cross-entropy, and a gradient for every parameter."""
    x, classes = minibatch(rng)
    given = {"x": x, "h_0": np.zeros((LAYERS, BATCH, HIDDEN)), **parameters}
    # With the identity for an output layer, the logits are the top layer's last state, which is needed below.
    bare = {**given, "W": np.eye(HIDDEN), "b": np.zeros(HIDDEN)}
    state = results(bench, [Exercise("RNNPhonemeClassifier.forward", bare)])[0]["logits"]
    loss, delta = cross_entropy(state @ parameters["W"].T + parameters["b"], classes)
    found = results(bench, [Exercise("RNNPhonemeClassifier.backward", {**given, "delta": delta})])[0]
    gradients = {name: found["d" + name] for name in parameters if "[" in name}
    return loss, {**gradients, "W": delta.T @ state / BATCH, "b": delta.mean(axis=0)}


def cross_entropy(logits: Array, classes: Array) -> tuple[float, Array]:
    """The mean over the batch, and each sequence's own derivative (N,C): `backward` does the averaging."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = shifted / shifted.sum(axis=1, keepdims=True)
    chosen = probabilities[np.arange(len(classes)), classes]
    return float(-np.log(chosen).mean()), probabilities - np.eye(CLASSES)[classes]


def run(options: Namespace) -> None:
    """Train, and draw where a picture is asked for."""
    losses = curves(options, "mytorch", starting_parameters(), learn, RATE)
    if options.out:
        plot(losses, "Four classes, told by an early and a late frame", options.out)


if __name__ == "__main__":
    main("Train RNNPhonemeClassifier on made-up sequences.", 300, run)
