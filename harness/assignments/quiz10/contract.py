"""What quiz 10 asks for: four functions on torch tensors, whose cache the handout prints."""

from harness.assignments import vanilla
from harness.assignments.contract import Assignment, Limits

FUNCTIONS = ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")

ASSIGNMENT = Assignment(
    id="quiz10",
    title="Quiz 10: backpropagation through a vanilla RNN (PyTorch)",
    library="torch",
    groups=(vanilla.STEP, vanilla.SEQUENCE),
    entry_points=vanilla.entry_points(fixed_cache=True, keeps_dtype=True),
    files=dict.fromkeys(FUNCTIONS, ("quiz10.py", "rnn.py", "rnn_layers.py")),
    conventions=(
        "parameter gradients are summed over the batch",
        "cache = (x, prev_h, Wx, Wh, next_h); the sequence's cache is a list of T step caches",
        "dh holds each step's own upstream gradient, not what flows between steps",
        "results keep the dtype of the inputs (float32 and float64)",
    ),
    dtypes=("float64", "float32"),
    driver_modules=("harness.assignments.vanilla_driver",),
    model="reference_impls.cs231n.model",
    limits=Limits(memory=8 << 30),
)
