"""PyTorch: training with Adam and inference, in both memory formats. Argument: a job, see job.ts."""
import torch
from torch.nn.functional import cross_entropy

from job import batches_of_a_pass, images_and_labels, job, median_of_passes, median_of_predictions, say
from torch_model import count_parameters, torch_model

torch.set_num_threads(job['threads'])
images, labels = map(torch.tensor, images_and_labels())
images = images.permute(0, 3, 1, 2)


def train(batch, memory_format):
    model = torch_model(job['layers'], with_softmax=False).to(memory_format=memory_format)
    optimizer = torch.optim.Adam(model.parameters())
    count = batches_of_a_pass(batch)
    xs = [images[i * batch : (i + 1) * batch].contiguous(memory_format=memory_format) for i in range(count)]
    ys = [labels[i * batch : (i + 1) * batch] for i in range(count)]

    def one_pass():
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            cross_entropy(model(x), y).backward()
            optimizer.step()

    return count * batch / median_of_passes(one_pass), count_parameters(model)


def infer(batch, memory_format):
    model = torch_model(job['layers'], with_softmax=True).to(memory_format=memory_format).eval()
    x = images[:batch].contiguous(memory_format=memory_format)
    with torch.inference_mode():
        return batch / median_of_predictions(lambda: model(x)), count_parameters(model)


for mode, measure in (('train', train), ('infer', infer)):
    for batch in job[mode]['batchSizes']:
        for channels_last in (False, True):
            speed, parameters = measure(batch, torch.channels_last if channels_last else torch.contiguous_format)
            say('torch', mode, batch, speed, channelsLast=channels_last, parameters=parameters)
