/**
 * Axes in memory, for kernels whose operands have strides: how many there are and where the two operands stand, in
 * elements, and for each axis its size, its strides in the two, and the position. They count like an odometer.
 */
export class Axes {
  /** Writes axis `index`, the axes being written from the first to the last. */
  static set(axes: usize, index: i32, size: i32, strideA: i32, strideB: i32): void {
    store<i32>(axes, index + 1);
    const axis = axes + (((index + 1) as usize) << 4);
    store<i32>(axis, size);
    store<i32>(axis, strideA, 4);
    store<i32>(axis, strideB, 8);
  }

  static offsetA(axes: usize): usize {
    return (load<i32>(axes, 4) as usize) << 2;
  }

  static offsetB(axes: usize): usize {
    return (load<i32>(axes, 8) as usize) << 2;
  }

  /** Goes to the place with this row-major number. */
  static seek(axes: usize, place: i32): void {
    let offsetA = 0;
    let offsetB = 0;
    for (let axis = axes + ((load<i32>(axes) as usize) << 4); axis > axes; axis -= 16) {
      const size = load<i32>(axis);
      const rest = place / size;
      const position = place - rest * size;
      store<i32>(axis, position, 12);
      offsetA += position * load<i32>(axis, 4);
      offsetB += position * load<i32>(axis, 8);
      place = rest;
    }
    store<i32>(axes, offsetA, 4);
    store<i32>(axes, offsetB, 8);
  }

  /** Goes to the next place, from the last to the first. */
  static next(axes: usize): void {
    let offsetA = load<i32>(axes, 4);
    let offsetB = load<i32>(axes, 8);
    for (let axis = axes + ((load<i32>(axes) as usize) << 4); axis > axes; axis -= 16) {
      const size = load<i32>(axis);
      const position = load<i32>(axis, 12) + 1;
      offsetA += load<i32>(axis, 4);
      offsetB += load<i32>(axis, 8);
      if (position < size) {
        store<i32>(axis, position, 12);
        break;
      }
      store<i32>(axis, 0, 12);
      offsetA -= size * load<i32>(axis, 4);
      offsetB -= size * load<i32>(axis, 8);
    }
    store<i32>(axes, offsetA, 4);
    store<i32>(axes, offsetB, 8);
  }
}

export function setAxis(axes: usize, index: i32, size: i32, strideA: i32, strideB: i32): void {
  Axes.set(axes, index, size, strideA, strideB);
}
