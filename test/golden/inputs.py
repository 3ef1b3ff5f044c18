"""Inputs of the golden cases from a formula, the same as in inputs.ts bit by bit, so that no input needs storing.

Word i of a tag: the 32-bit FNV-1a hash of the tag's ASCII bytes, xor (i + 1) * 0x9e3779b1, then the finalizer of
MurmurHash3. A uniform number is the word's upper 24 bits / 2^24 - 0.5, which float32 holds exactly.
"""
import numpy as np


def hash_words(tag, count):
    """`count` words as uint32."""
    h = 0x811C9DC5
    for byte in tag.encode('ascii'):
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    words = np.uint32(h) ^ (np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x9E3779B1))
    words ^= words >> np.uint32(16)
    words *= np.uint32(0x85EBCA6B)
    words ^= words >> np.uint32(13)
    words *= np.uint32(0xC2B2AE35)
    return words ^ (words >> np.uint32(16))


def uniform(tag, shape, scale=1.0, offset=0.0, bits=24):
    """float64 numbers offset - scale / 2 <= x < offset + scale / 2 in 2^bits steps; exact if these are powers of two."""
    steps = hash_words(tag, int(np.prod(shape))) >> np.uint32(32 - bits)
    return ((steps / 2.0**bits - 0.5) * scale + offset).reshape(shape)


def labels(tag, rows, classes):
    """Class numbers as int64."""
    return (hash_words(tag, rows) >> np.uint32(8)).astype(np.int64) % classes


def soft_targets(tag, rows, classes):
    """Rows that sum to 1: 1/2 for a drawn class, 1/4 for each of the next two (wrapping around)."""
    targets = np.zeros((rows, classes))
    for row, label in enumerate(labels(tag, rows, classes)):
        targets[row, label] = 0.5
        targets[row, (label + 1) % classes] = targets[row, (label + 2) % classes] = 0.25
    return targets
