import type { Cell, MeasureUnit } from './section.ts';

/** What stands for unknown or not applicable. */
export const unknownText = '–';

/** A number with its unit, as every format words it: `12.3 s`, `3 min 25 s`, `1,204`, `1.5 MiB`, `0.42`. */
export function measureText(value: number, unit: MeasureUnit): string {
  if (!Number.isFinite(value)) return unknownText;
  switch (unit) {
    case 's':
      return secondsText(value);
    case 'bytes':
      return bytesText(value);
    case 'ratio':
      return value.toFixed(2);
    case 'count':
      return countText(value);
  }
}

/** A cell of a table: numbers in the column's unit, unknown as a dash. */
export function cellText(cell: Cell, unit: MeasureUnit | undefined): string {
  if (cell === null) return unknownText;
  if (typeof cell === 'string') return cell;
  return measureText(cell, unit ?? 'count');
}

/** `1 error`, `2 errors`, `1,204 errors`. */
export function pluralText(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function countText(value: number): string {
  const [whole = '0', fraction] = String(Number.isInteger(value) ? value : Number(value.toFixed(2))).split(
    '.',
  );
  const grouped = whole.includes('e') ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Three figures or so; minutes from 60 s on, hours from 60 min on. */
export function secondsText(seconds: number): string {
  if (!Number.isFinite(seconds)) return unknownText;
  if (seconds < 0) return `-${secondsText(-seconds)}`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${countText(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

/** Binary multiples, as cargo prints sizes. */
function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let scaled = bytes;
  let unitIndex = 0;
  // 1023.95 would be printed as 1024.0.
  while (Math.abs(scaled) >= 1023.95 && unitIndex < units.length - 1) {
    scaled /= 1024;
    unitIndex++;
  }
  return unitIndex === 0 ? `${countText(scaled)} B` : `${scaled.toFixed(1)} ${units[unitIndex]}`;
}
