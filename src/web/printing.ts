import { type ReadonlySignal, signal } from '@preact/signals';

/**
 * True while the page is laid out for paper. Everything that is folded is then rendered; Preact renders in a microtask,
 * which runs before the browser takes the page. Folds that are plain `<details>` are opened here and closed again after.
 */
export function watchPrinting(): ReadonlySignal<boolean> {
  const printing = signal(false);
  let opened: HTMLDetailsElement[] = [];
  const start = () => {
    if (printing.peek()) return;
    printing.value = true;
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open], .no-print)')];
    for (const details of opened) details.open = true;
  };
  const end = () => {
    printing.value = false;
    for (const details of opened) details.open = false;
    opened = [];
  };
  window.addEventListener('beforeprint', start);
  window.addEventListener('afterprint', end);
  window.matchMedia('print').addEventListener('change', event => (event.matches ? start() : end()));
  return printing;
}
