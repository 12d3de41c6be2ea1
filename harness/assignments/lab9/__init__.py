"""lab9: a tanh RNN with an output at every step, one sequence at a time, and the square error of its last output."""
