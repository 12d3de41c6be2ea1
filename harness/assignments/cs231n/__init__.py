"""cs231n: image captioning in numpy: recurrent layers, embedding, loss, and the model built of them."""
