"""Layers whose gradients are cheap to differentiate again; imported only where that is asked for.

Importing these modules imports torch.
"""
