/** Numbers as they are shown. All in English, so that a report is the same wherever it is written. */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 60,000 */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? grouped.format(value) : String(value);
}

/** 0.9924 -> 99.24%, 1 -> 100%; `digits` behind the point, zeros at the end left out. */
export function formatPercent(value: number, digits = 2): string {
  return Number.isFinite(value) ? `${Number((value * 100).toFixed(digits))}%` : String(value);
}

/** 0.994 -> 99.40%: of one width in a column. */
export function formatShare(value: number): string {
  return Number.isFinite(value) ? `${(value * 100).toFixed(2)}%` : String(value);
}

/** A number of any size in about four digits: 0.0342, 12.35, 1.2e-7. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(2).replace(/\.?0+e/, 'e');
  if (size >= 1000) return Number.isInteger(value) ? formatCount(value) : grouped.format(value);
  return String(Number(value.toPrecision(4)));
}

/** 0.35 s, 12.4 s, 3 min 20 s, 1 h 5 min. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return String(seconds);
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
