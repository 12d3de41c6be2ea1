#!/usr/bin/env python
# coding: utf-8

# In[1]:


import otter
grader = otter.Notebook()


# In[2]:


import os
import sys
import torch
import wget
import math
import torch.nn as nn
import random
from datasets import load_dataset
from transformers import PreTrainedTokenizerFast
from tqdm.auto import tqdm

data_dir = "data/"
sys.path.append(data_dir)
wget.download('https://raw.githubusercontent.com/nlp-course/data/master/scripts/makedot.py', out=data_dir)
from makedot import make_dot

SEED = 1234
random.seed(SEED)
torch.manual_seed(SEED)


# In[3]:


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(device)


# In[4]:


U = torch.Tensor([[-0.3, 0.6], [0.2, 0.1]])
V = torch.Tensor([[0.4, 0.4], [0.9, -0.7]])
W = torch.Tensor([[0.5, -0.2], [0.3, 0.8]])
x1 = torch.Tensor([0, 1])
x2 = torch.Tensor([1, 0])
h0 = torch.Tensor([0, 0])

visualized_nodes = [U, V, W, x1, x2, h0]
for p in visualized_nodes:
    p.requires_grad = True


# In[5]:


def relu(x):
    return torch.clamp(x, min=0)

h1 = relu(U @ x1 + V @ h0)
o1 = W @ h1
h2 = relu(U @ x2 + V @ o1)
o2 = W @ h2


# In[6]:


grader.check("forward_by_hand")


# In[7]:


def forward(input, dim, U, V, W):
    h0 = torch.zeros(dim, device=device)
    return torch.stack([W @ relu(U @ x + V @ h0) for x in input])

grader.check("forward_function")
forward([x1, x2], 2, U, V, W)


# In[8]:


params = {k: eval(k) for k in ['U', 'V', 'W', 'h1', 'o1']}
dot = make_dot(o1, params=params)
dot.render(data_dir + 'computation_graph')
dot


# In[9]:


T = torch.Tensor([[0.7, 0.3], [0.4, 0.6]])

def sequence_probability(seq, T):
    prob = torch.ones(1)
    for i in range(len(seq) - 1):
        prob = prob * (seq[i] @ T @ seq[i + 1])
    return prob

grader.check("bigram")


# In[10]:


U = torch.eye(2)
V = torch.zeros(2, 2)
W = T

grader.check("tiny_bigram_RNN")


# In[11]:


U_ = torch.Tensor([[-0.3, 0.6], [0.2, 0.1]])
V_ = torch.Tensor([[0.4, 0.4], [0.9, -0.7]])
U_.requires_grad = True
x1_ = torch.Tensor([0.0, 1.0])
h0_ = torch.Tensor([0, 0])

h1_ = relu(U_ @ x1_ + V_ @ h0_)
h11 = h1_.sum()
h11.backward()
U_grad = U_.grad
print(f'Gradient of W: {U_grad}')

grader.check("automatic_diff")
grader.check_all()
