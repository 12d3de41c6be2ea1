"""What the captioning assignment asks for: layers on numpy arrays with caches of any form, and the captioning model."""

from harness.assignments import vanilla
from harness.assignments.contract import Assignment
from harness.assignments.cs231n import captioning_contract, layers_contract, lstm_contract

LAYERS = (
    *vanilla.entry_points(fixed_cache=False, keeps_dtype=False),
    *layers_contract.EMBEDDING_POINTS,
    *lstm_contract.POINTS,
    *layers_contract.AFFINE_POINTS,
    *layers_contract.SOFTMAX_POINTS,
)
FUNCTIONS = tuple(entry.name for entry in LAYERS)

ASSIGNMENT = Assignment(
    id="cs231n",
    title="Image captioning with RNNs (numpy)",
    library="numpy",
    groups=(
        vanilla.STEP,
        vanilla.SEQUENCE,
        layers_contract.EMBEDDING,
        lstm_contract.STEP,
        lstm_contract.SEQUENCE,
        layers_contract.AFFINE,
        layers_contract.SOFTMAX,
        *captioning_contract.GROUPS,
    ),
    entry_points=(*LAYERS, *captioning_contract.POINTS),
    files={**dict.fromkeys(FUNCTIONS, ("rnn_layers.py",)), "CaptioningRNN": ("rnn.py",)},
    conventions=(
        "parameter gradients are summed over the batch; the loss is averaged over it",
        "caches have any form: the submission's own forward function makes them",
        "dh holds each step's own upstream gradient, not what flows between steps",
        "an LSTM's gates stand in the order i, f, o, g; its first cell state is zero",
        "masked steps count nothing; what is sampled after <END> is not looked at",
    ),
    supplied={"layers": "layers.py"},
    supplied_alone={"rnn_layers": ("rnn_layers.py", "CaptioningRNN", FUNCTIONS)},
    bystanders=(
        *("gradient_check", "data_utils", "coco_utils", "image_utils", "vis_utils", "captioning_solver"),
        *("fast_layers", "im2col", "im2col_cython", "solver", "optim", "classifiers"),
    ),
    driver_modules=(
        "harness.assignments.vanilla_driver",
        "harness.assignments.cs231n.layers_driver",
        "harness.assignments.cs231n.lstm_driver",
        "harness.assignments.cs231n.captioning_driver",
    ),
    skeletons=captioning_contract.SKELETONS,
    model="reference_impls.cs231n.model",
)
