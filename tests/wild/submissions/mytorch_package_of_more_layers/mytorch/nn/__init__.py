from .activation import Identity, Sigmoid, Tanh, ReLU, GELU, Softmax
