import type { KernelFunction } from '../contract.ts';

export const sgdUpdate: KernelFunction<'sgdUpdate'> = ({ w }, { dw, rate }, { size }) => {
  const step = rate[0]!;
  for (let i = 0; i < size; i++) w[i] = w[i]! - step * dw[i]!;
};

export const momentumUpdate: KernelFunction<'momentumUpdate'> = (
  { w, velocity },
  { dw, rate },
  { size, momentum, nesterov },
) => {
  const step = rate[0]!;
  for (let i = 0; i < size; i++) {
    const move = step * dw[i]!;
    const next = momentum * velocity[i]! - move;
    velocity[i] = next;
    w[i] = w[i]! + (nesterov ? momentum * next - move : next);
  }
};

export const adamUpdate: KernelFunction<'adamUpdate'> = (
  { w, m, v },
  { dw, rate },
  { size, beta1, beta2, epsilon },
) => {
  const step = rate[0]!;
  const gain1 = 1 - beta1;
  const gain2 = 1 - beta2;
  for (let i = 0; i < size; i++) {
    const gradient = dw[i]!;
    const mean = m[i]! + (gradient - m[i]!) * gain1;
    const square = v[i]! + (gradient * gradient - v[i]!) * gain2;
    m[i] = mean;
    v[i] = square;
    w[i] = w[i]! - (step * mean) / (Math.sqrt(square) + epsilon);
  }
};

export const rmspropUpdate: KernelFunction<'rmspropUpdate'> = (
  { w, v, step },
  { dw, rate },
  { size, rho, momentum, epsilon },
) => {
  const scale = rate[0]!;
  for (let i = 0; i < size; i++) {
    const gradient = dw[i]!;
    const square = rho * v[i]! + (1 - rho) * gradient * gradient;
    const move = momentum * step[i]! + (scale * gradient) / Math.sqrt(square + epsilon);
    v[i] = square;
    step[i] = move;
    w[i] = w[i]! - move;
  }
};
