import type { MeasureUnit } from '#model/section.ts';

/** What the page prints for unknown or not applicable. */
export const unknownText = '–';

/** A number with its unit, worded as the text report words it: `0.84 s`, `3 min 12 s`, `1,204`, `12.3 MiB`, `0.42`. */
export function measureText(value: number, unit: MeasureUnit | undefined): string {
  if (!Number.isFinite(value)) return unknownText;
  switch (unit) {
    case 's':
      return secondsText(value);
    case 'bytes':
      return bytesText(value);
    case 'ratio':
      return value.toFixed(2);
    case 'count':
    case undefined:
      return value.toLocaleString('en', { maximumFractionDigits: 2 });
  }
}

/** Seconds to three figures or so; minutes from 60 s on, hours from 60 min on. */
export function secondsText(seconds: number): string {
  if (!Number.isFinite(seconds)) return unknownText;
  if (seconds < 0) return `-${secondsText(-seconds)}`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60).toLocaleString('en')} h ${twoDigits(minutes % 60)} min`;
}

/** A number in a column of seconds or ratios keeps its decimals, so that the digits stand under each other. */
export function cellText(value: number, unit: MeasureUnit): string {
  if (!Number.isFinite(value)) return unknownText;
  return unit === 's' ? value.toFixed(2) : measureText(value, unit);
}

/** Binary multiples, as cargo prints sizes. */
function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  // 1023.95 would be printed as 1024.0.
  while (Math.abs(value) >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${value.toLocaleString('en')} B` : `${value.toFixed(1)} ${units[unit]}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
