/** onnxruntime-node: inference. Arguments: see job.mjs. */
import { join } from 'node:path';
import { images, job, load, medianOfPredictions, say } from './job.mjs';

const { InferenceSession, Tensor } = load('onnxruntime-node');
const session = await InferenceSession.create(join(job.onnx, `${job.model}.onnx`), { intraOpNumThreads: job.threads });
for (const batch of job.infer.batchSizes) {
  const x = new Tensor('float32', images(batch), [batch, 1, 28, 28]);
  say('onnxruntime-node', 'infer', batch, await medianOfPredictions(() => session.run({ x })));
}
