import { expect, test } from 'vitest';
import { normalQuantile, studentQuantile } from './student.ts';

test('as the tables have it', () => {
  const rows = [1, 2, 3, 4, 6, 10, 30, 120].map(df =>
    [0.9, 0.95, 0.975, 0.99, 0.995].map(p => studentQuantile(p, df).toFixed(2)).join(' '),
  );
  // NIST/SEMATECH e-Handbook, 1.3.6.7.2: 3 df is 1.638 2.353 3.182 4.541 5.841; 10 is 1.372 1.812 2.228 2.764 3.169.
  expect(rows).toMatchInlineSnapshot(`
    [
      "3.08 6.31 12.71 31.82 63.66",
      "1.89 2.92 4.30 6.96 9.92",
      "1.64 2.35 3.18 4.52 5.79",
      "1.53 2.13 2.78 3.74 4.59",
      "1.44 1.94 2.45 3.14 3.71",
      "1.37 1.81 2.23 2.76 3.17",
      "1.31 1.70 2.04 2.46 2.75",
      "1.29 1.66 1.98 2.36 2.62",
    ]
  `);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
});
