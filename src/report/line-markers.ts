/**
 * Where the markers and labels of one source line go, laid out as rustc lays them out: labels are placed from right to
 * left, the rightmost beside its marker, each further one on a row of its own below unless there is room beside the
 * last. A multi-line span starts and ends with a marker that a rule joins to its bar left of the code.
 *
 * Method: the observable layout of rustc 1.95 (rustc_errors, `HumanEmitter`). Quadratic in the labels of one line.
 */

export interface Marker {
  readonly kind: 'span' | 'multi-line-start' | 'multi-line-end';
  /** 0-based display columns of the code; `end` is exclusive and beyond `start`. */
  readonly start: number;
  readonly end: number;
  /** Empty for none. */
  readonly label: string;
  /** Columns that the label takes. */
  readonly labelWidth: number;
  readonly primary: boolean;
  /** 1-based place of its bar, from the left; 0 for spans within the line. */
  readonly depth: number;
}

export interface PlacedMarker extends Marker {
  /** Row of the label's level: 0 is beside the marker; at n > 0 a connector runs down n rows, with the label below. */
  readonly level: number;
}

/** Gives every marker its level. Right to left in the result. */
export function placeMarkers(markers: readonly Marker[]): readonly PlacedMarker[] {
  const rightToLeft = markers.toSorted(
    // Of equal spans the one with words first: it may then stay beside the marker.
    (a, b) => b.start - a.start || a.end - b.end || Number(isLabelled(b)) - Number(isLabelled(a)),
  );
  const placed: PlacedMarker[] = [];
  let level = 0;
  for (const [index, marker] of rightToLeft.entries()) {
    const further = rightToLeft.slice(index + 1);
    if (level === 0 && isLabelled(marker) && further.some(other => coversLabelPlace(other, marker)))
      level = 1;
    placed.push({ ...marker, level });
    if (further.some(other => needsNewLevel(marker, other, level))) level++;
  }
  return placed;
}

/** The rightmost column that the markers and labels reach, exclusive. */
export function reachOf(placed: readonly PlacedMarker[]): number {
  let reach = 0;
  for (const marker of placed) {
    const labelStart = marker.level === 0 ? marker.end + 1 : marker.start;
    reach = Math.max(reach, marker.end, isLabelled(marker) ? labelStart + marker.labelWidth : 0);
  }
  return reach;
}

export function isLabelled(marker: Marker): boolean {
  return marker.label !== '';
}

function coversLabelPlace(other: Marker, marker: Marker): boolean {
  if (!overlap(other.start, other.end, marker.start, marker.end)) return false;
  // The same span once more without words needs no room of its own.
  return !(other.start === marker.start && other.end === marker.end && !isLabelled(other) && !isRuled(other));
}

function needsNewLevel(marker: Marker, other: Marker, level: number): boolean {
  const padding = isLabelled(other) ? other.labelWidth + 2 : 0;
  const crowded = overlap(other.start, other.end + padding, marker.start, marker.end);
  if (isRuled(marker) || isRuled(other)) {
    return (
      (isRuled(marker) && (isRuled(other) || isLabelled(other))) || (isRuled(other) && isLabelled(marker))
    );
  }
  if (!crowded || !isLabelled(other)) return false;
  return isLabelled(marker) || (level === 0 && other.end <= marker.end);
}

/** Whether a rule to the left margin takes the row. */
function isRuled(marker: Marker): boolean {
  return marker.kind !== 'span';
}

function overlap(aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
  return aStart < bEnd && bStart < aEnd;
}
