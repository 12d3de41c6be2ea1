def one_hot_to_index(seq):
    return [int(row.argmax()) for row in seq]
