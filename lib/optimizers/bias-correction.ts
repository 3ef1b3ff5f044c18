/**
 * 1 - beta^change. As in Keras, beta is rounded to float32 here: 1 - 0.999 then is 1.3e-5 smaller, which thirty steps of
 * a deep network turn into losses that differ by 1e-3.
 */
export const biasCorrection = (beta: number, change: number): number => 1 - integerPower(Math.fround(beta), change);

/** base^exponent by repeated squaring: the same bits on every engine, which `**` does not promise. */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
