/**
 * Quantile of Student's t distribution: `df` degrees of freedom, the probability `p` (0.5 < p < 1) lies below it.
 *
 * Method: exact for 1 and 2; else the expansion of Hill, "Algorithm 396: Student's t-quantiles" (CACM 13, 1970) in its leading terms
 * (Abramowitz and Stegun 26.7.5); off by 1 % at most for p up to 0.995 (3 degrees; the test shows them).
 */
export function studentQuantile(p: number, df: number): number {
  if (df === 1) return Math.tan(Math.PI * (p - 0.5));
  if (df === 2) return ((2 * p - 1) * Math.SQRT2) / Math.sqrt(1 - (2 * p - 1) ** 2);
  const z = normalQuantile(p);
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160;
  return z + g1 / df + g2 / df ** 2 + g3 / df ** 3 + g4 / df ** 4;
}

/** Quantile of the normal distribution for p above one half: Newton's method on its distribution function. */
export function normalQuantile(p: number): number {
  let z = 0;
  for (let round = 0; round < 60; round++) {
    const step = (normalBelow(z) - p) / (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI));
    z -= Math.max(-1, Math.min(1, step));
    if (Math.abs(step) < 1e-12) break;
  }
  return z;
}

/** Series of the integral from 0 to z (Abramowitz and Stegun 26.2.11); converges for every z met here (below 10). */
function normalBelow(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; k < 300; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
    if (Math.abs(term) < 1e-17) break;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
