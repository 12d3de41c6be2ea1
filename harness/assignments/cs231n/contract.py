"""What the captioning assignment asks for: the vanilla RNN layers on numpy arrays, caches of any form."""

from harness.assignments import vanilla
from harness.assignments.contract import Assignment

FUNCTIONS = ("rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward")

ASSIGNMENT = Assignment(
    id="cs231n",
    title="Image captioning with RNNs: the recurrent layers (numpy)",
    library="numpy",
    groups=(vanilla.STEP, vanilla.SEQUENCE),
    entry_points=vanilla.entry_points(fixed_cache=False, keeps_dtype=False),
    files=dict.fromkeys(FUNCTIONS, ("rnn_layers.py",)),
    conventions=(
        "parameter gradients are summed over the batch",
        "caches have any form: the submission's own forward function makes them",
        "dh holds each step's own upstream gradient, not what flows between steps",
    ),
    supplied={"layers": "layers.py"},
    bystanders=(
        *("gradient_check", "data_utils", "coco_utils", "image_utils", "vis_utils", "captioning_solver"),
        *("fast_layers", "im2col", "im2col_cython", "solver", "optim", "classifiers"),
    ),
    driver_modules=("harness.assignments.vanilla_driver",),
    model="reference_impls.cs231n.model",
)
