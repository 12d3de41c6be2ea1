from .data_utils import load_everything
