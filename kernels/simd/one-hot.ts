/** A label that is no column gives a row of zeros, and nothing is written elsewhere. */
export function oneHot(labels: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  memory.fill(y, 0, (rows as usize) * bytes);
  for (; rows > 0; rows--) {
    const label = load<i32>(labels);
    if ((label as u32) < (columns as u32)) store<f32>(y + ((label as usize) << 2), 1);
    labels += 4;
    y += bytes;
  }
}
