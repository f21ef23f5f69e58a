import type { GanttState } from './gantt-state.ts';

/** A press that moves less than this, in pixels, selects rather than drags. */
const dragPixelsMin = 4;

/**
 * Pointer and wheel on the chart, whose parent element takes the focus. A plain wheel scrolls the page, as everywhere, until the chart has the focus; with Control
 * (which is also how browsers report a pinch on a trackpad) it always zooms. Two fingers pinch, one drags.
 * Returns what stops listening.
 */
export function listenToGestures(canvas: HTMLCanvasElement, state: GanttState): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let dragged = 0;

  const place = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const onWheel = (event: WheelEvent) => {
    const pixels =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? 16
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? 400
          : 1;
    const sideways = event.deltaX * pixels;
    const down = event.deltaY * pixels;
    if (event.ctrlKey || event.metaKey) {
      // A trackpad's pinch comes in small steps.
      state.zoom(Math.exp(-down / (Math.abs(down) < 40 ? 80 : 250)), place(event).x);
    } else if (event.shiftKey) {
      state.pan(0, down === 0 ? sideways : down);
    } else if (Math.abs(sideways) > Math.abs(down)) {
      state.pan(sideways, 0);
    } else if (document.activeElement === canvas.parentElement) {
      state.zoom(Math.exp(-down / 250), place(event).x);
    } else {
      return;
    }
    event.preventDefault();
  };

  const onPointerDown = (event: PointerEvent) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    pointers.set(event.pointerId, place(event));
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 1) dragged = 0;
  };

  const onPointerMove = (event: PointerEvent) => {
    const now = place(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType === 'mouse') state.point(now.x, now.y);
      return;
    }
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    dragged += Math.hypot(now.x - before.x, now.y - before.y);
    if (dragged < dragPixelsMin) return;
    state.pointed.value = null;
    if (other !== undefined) pinch(before, now, other);
    else state.pan(before.x - now.x, before.y - now.y);
  };

  /** The middle of the two fingers stays on its time, and their distance is the scale. */
  const pinch = (before: { x: number }, now: { x: number }, other: { x: number }) => {
    const apartBefore = Math.max(Math.abs(before.x - other.x), 20);
    const apart = Math.max(Math.abs(now.x - other.x), 20);
    state.pan((before.x - now.x) / 2, 0);
    state.zoom(apart / apartBefore, (now.x + other.x) / 2);
  };

  const onPointerUp = (event: PointerEvent) => {
    const pressed = pointers.delete(event.pointerId);
    if (!pressed || pointers.size > 0 || dragged >= dragPixelsMin) return;
    const { x, y } = place(event);
    state.point(x, y);
    const bar = state.pointed.value?.bar ?? null;
    // The bar is under the pointer already: nothing needs to move.
    state.selected.value = bar;
    if (event.pointerType !== 'mouse') state.pointed.value = null;
  };

  const onPointerCancel = (event: PointerEvent) => pointers.delete(event.pointerId);
  const onPointerLeave = () => {
    if (pointers.size === 0) state.pointed.value = null;
  };

  const stop = new AbortController();
  const { signal } = stop;
  canvas.addEventListener('wheel', onWheel, { signal, passive: false });
  canvas.addEventListener('pointerdown', onPointerDown, { signal });
  canvas.addEventListener('pointermove', onPointerMove, { signal });
  canvas.addEventListener('pointerup', onPointerUp, { signal });
  canvas.addEventListener('pointercancel', onPointerCancel, { signal });
  canvas.addEventListener('pointerleave', onPointerLeave, { signal });
  return () => stop.abort();
}

/** Keys of the chart while it has the focus. True when the key was one of them. */
export function pressKey(state: GanttState, key: string, shift: boolean): boolean {
  const step = state.view.value.widthPixels / 10;
  switch (key) {
    case '+':
    case '=':
      state.zoom(1.5);
      return true;
    case '-':
    case '−':
    case '_':
      state.zoom(1 / 1.5);
      return true;
    case '0':
      state.showAll();
      return true;
    case 'ArrowLeft':
      state.pan(-step, 0);
      return true;
    case 'ArrowRight':
      state.pan(step, 0);
      return true;
    case 'ArrowUp':
      state.pan(0, -40);
      return true;
    case 'ArrowDown':
      state.pan(0, 40);
      return true;
    case 'n':
      state.selectNeighbour(1);
      return true;
    case 'p':
      state.selectNeighbour(-1);
      return true;
    case 'Enter':
      state.selectMatch(shift ? -1 : 1);
      return state.matches.value !== null;
    case 'Escape':
      if (state.selected.value === null) return false;
      state.selected.value = null;
      return true;
    default:
      return false;
  }
}
