"""Keras's ScheduleFreeAdamW as it is documented.

A step reads the sequence of the step before after it has assigned the next one. On TensorFlow this would be the new one, so
the first reading in a step is a copy here.
"""
import os

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
import keras
import tensorflow as tf


class CopiedOnce(keras.Variable):
    """Its first reading in a step is a copy."""

    is_first = False

    @property
    def value(self):
        own = super().value
        if not self.is_first:
            return own
        self.is_first = False
        return tf.identity(own)


class ScheduleFreeAdamW(keras.optimizers.ScheduleFreeAdamW):
    def update_step(self, gradient, variable, learning_rate):
        sequence = self._momentums[self._get_variable_index(variable)]
        sequence.__class__ = CopiedOnce
        sequence.is_first = True
        super().update_step(gradient, variable, learning_rate)
