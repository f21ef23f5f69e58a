import type { MeasureUnit } from '#model/section.ts';

/** What the page prints for unknown or not applicable. */
export const unknownText = '–';

/** A number with its unit, for running text: `0.84 s`, `3 min 12 s`, `1,204`, `12.3 MiB`. */
export function measureText(value: number, unit: MeasureUnit | undefined): string {
  switch (unit) {
    case 's':
      return secondsText(value);
    case 'bytes':
      return bytesText(value);
    case 'ratio':
      return value.toLocaleString('en', { maximumFractionDigits: 2 });
    case 'count':
    case undefined:
      return value.toLocaleString('en');
  }
}

/** Seconds to three figures or so; minutes from 100 s on. */
export function secondsText(seconds: number): string {
  if (!Number.isFinite(seconds)) return unknownText;
  if (Math.abs(seconds) < 10) return `${seconds.toFixed(2)} s`;
  if (Math.abs(seconds) < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** Binary multiples, as cargo prints sizes. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value.toLocaleString('en') : value.toFixed(1)} ${units[unit]}`;
}

/** A number in a column: the same decimals all the way down, so that the digits stand under each other. */
export function cellText(value: number, unit: MeasureUnit): string {
  switch (unit) {
    case 's':
    case 'ratio':
      return value.toFixed(2);
    case 'bytes':
      return bytesText(value);
    case 'count':
      return value.toLocaleString('en');
  }
}
