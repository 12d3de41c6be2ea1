"""What is expected of each small program in `submissions/`: right ones pass whatever their form, wrong ones fail."""

from __future__ import annotations

from dataclasses import dataclass, field

NAMES = {
    "cs231n": {
        "step_forward": "rnn_step_forward",
        "step_backward": "rnn_step_backward",
        "forward": "rnn_forward",
        "backward": "rnn_backward",
    },
    "mytorch": {
        "cell_forward": "RNNCell.forward",
        "cell_backward": "RNNCell.backward",
        "forward": "RNNPhonemeClassifier.forward",
        "backward": "RNNPhonemeClassifier.backward",
    },
}
"""Short names of the entry points."""


@dataclass(frozen=True)
class Expected:
    """`statuses` by entry point; what is not named passes. Each sentence of `says` stands somewhere in the report."""

    assignment: str
    says: tuple[str, ...] = ()
    statuses: dict[str, str] = field(default_factory=dict)


def mytorch(*says: str, **statuses: str) -> Expected:
    """A submission with both classes."""
    return Expected("mytorch", says, {NAMES["mytorch"][name]: status for name, status in statuses.items()})


def cell(*says: str, **statuses: str) -> Expected:
    """A submission with a cell alone."""
    return mytorch(*says, **{"forward": "missing", "backward": "missing", **statuses})


def cs231n(*says: str, **statuses: str) -> Expected:
    """A submission with the layers of the captioning assignment."""
    return Expected("cs231n", says, {NAMES["cs231n"][name]: status for name, status in statuses.items()})


NOT_RUN = dict.fromkeys(NAMES["cs231n"], "error")

FORMS = {
    "cs_cache_dicts": cs231n(),
    "cs_cache_kept_in_module": cs231n(),
    "cs_cache_nested_tuples": cs231n("cs231n.layers was not handed in; the handout's was supplied"),
    "cs_data_loading_at_import": cs231n(
        "rnn_layers.py: line 4 was left out: FileNotFoundError", "2 more top-level statements were left out"
    ),
    "cs_decorated_by_bystanders": cs231n(),
    "cs_package_that_fails": cs231n(),
    "cs_python_2": cs231n("is Python 2 (line ", **NOT_RUN),
    "cs_single_use_cache": cs231n("changes its caller's dnext_h in place"),
    "cs_skeletons": cs231n(
        "rnn_forward is still the handout's skeleton",
        step_backward="not_attempted",
        forward="not_attempted",
        backward="not_attempted",
    ),
    "cs_uses_a_bystander": cs231n(
        "the value of pandas.DataFrame.sum is used here, but pandas is not there",
        "the value of scipy.special.softmax is used here, but scipy is not there",
        step_backward="error",
        forward="error",
        backward="not_judged",
    ),
    "mytorch_activation_both_by_name": cell(),
    "mytorch_activation_derivative": cell(),
    "mytorch_activation_state_alone": cell("the activation supplied here is the one of other years"),
    "mytorch_activation_state_by_name": cell(),
    "mytorch_activation_upstream_and_state": cell("mytorch.activation was not handed in"),
    "mytorch_called_not_forward": cell("RNNCell.forward is not there: the object itself was called"),
    "mytorch_device_dtype": cell("made with device='cpu'", "made with dtype='float64'"),
    "mytorch_fused_gradients": cell(),
    "mytorch_no_init_weights": mytorch(
        "RNNCell.init_weights is not there: the weights were set as attributes",
        "RNNPhonemeClassifier.init_weights is not there",
    ),
    "mytorch_no_zero_grad": cell("RNNCell.zero_grad is not there", "there is no zero_grad()", cell_backward="fail"),
    "mytorch_old_names": mytorch("RNNCell is called RNN_Cell here", "is called RNN_Phoneme_Classifier here"),
    "mytorch_own_linear_sums": mytorch("mytorch/linear.py could not serve here; the handout's was taken instead"),
    "mytorch_own_tanh_of_another_year": cell("mytorch/activation.py could not serve here"),
    "mytorch_package_of_more_layers": cell("mytorch/nn/activation.py could not serve here"),
    "mytorch_relative_imports": mytorch("src.nn.linear was not handed in; the handout's was supplied"),
    "mytorch_scalar_zero_grad": cell(),
    "mytorch_skeleton": cell(cell_forward="not_attempted", cell_backward="not_attempted"),
    "mytorch_state_per_object": mytorch(),
    "mytorch_whole_package": mytorch("mytorch.linear was not handed in"),
    "quiz10_helper_with_a_star": Expected("quiz10"),
    "quiz10_on_a_graphics_card": Expected("quiz10", ("what asks for cuda ran on the CPU",)),
}

MISTAKES = {
    "cs_wrong_derivative_of_upstream": cs231n(step_backward="fail", backward="fail"),
    "cs_wrong_tanh_of_upstream": cs231n(step_backward="fail", backward="fail"),
    "cs_wrong_prev_h_never_updated": cs231n(forward="fail", backward="fail"),
    "cs_wrong_dh_not_carried": cs231n(backward="fail"),
    "cs_wrong_only_last_dh": cs231n(backward="fail"),
    "cs_wrong_upstream_multiplied": cs231n(backward="fail"),
    "cs_wrong_loop_starts_at_T": cs231n("IndexError", backward="error"),
    "cs_wrong_upstream_replaced_by_ones": cs231n(step_backward="fail", backward="fail"),
    "cs_wrong_dh0_none_at_one_step": cs231n("is None", backward="error"),
    "cs_wrong_next_h_not_in_cache": cs231n(step_backward="fail", backward="fail"),
    "cs_wrong_squeeze": cs231n(forward="error", backward="error"),
    "cs_wrong_permute_right_at_equal_sizes": cs231n("has shape", forward="error"),
    "cs_wrong_whole_x": cs231n(forward="fail", backward="fail"),
    "cs_wrong_returns_one_value": cs231n("expected 2 values: h, cache", forward="error", backward="not_judged"),
    "mytorch_wrong_derivative_of_upstream": cell(cell_backward="fail"),
    "mytorch_wrong_tanh_of_upstream": cell(cell_backward="fail"),
    "mytorch_wrong_upstream_ignored": cell(cell_backward="fail"),
    "mytorch_wrong_gradients_not_averaged": cell(cell_backward="fail"),
    "mytorch_wrong_gradients_replaced": cell("the second call replaced", cell_backward="fail"),
    "mytorch_wrong_zero_grad_does_nothing": cell("it is not zero after zero_grad()", cell_backward="fail"),
    "mytorch_wrong_squeeze": cell("has shape", cell_backward="error"),
    "mytorch_wrong_remembered_state": cell(cell_backward="fail"),
    "mytorch_wrong_remembered_slope": cell(cell_backward="fail"),
    "mytorch_wrong_state_of_latest_forward": mytorch(cell_backward="fail", backward="fail"),
    "mytorch_wrong_dh_not_carried": mytorch(backward="fail"),
    "mytorch_wrong_two_layers_hard_coded": mytorch("IndexError", backward="error"),
    "mytorch_wrong_dx_added_at_layer_0_only": mytorch(backward="fail"),
    "mytorch_wrong_dh_0_not_averaged": mytorch(backward="fail"),
    "mytorch_wrong_initial_state_ignored": mytorch(forward="fail", backward="fail"),
    "mytorch_wrong_sized_by_input_size": mytorch(forward="error", backward="error"),
}

EXPECTED = FORMS | MISTAKES
