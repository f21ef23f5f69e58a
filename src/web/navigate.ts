import { standingOf } from './findings/filter.ts';
import type { Command } from './keys.ts';
import { readKey } from './keys.ts';
import { findingHash, parseHash } from './page-hash.ts';
import { type PageState, withMember } from './page-state.ts';

/** Opens or closes a finding; the address follows, so that it can be copied and survives a reload. */
export function setOpen(state: PageState, index: number, open: boolean): void {
  state.open.value = withMember(state.open.value, index, open);
  const finding = state.report.findings[index];
  if (finding === undefined) return;
  const hash = findingHash(finding.fingerprint);
  if (open) replaceHash(hash);
  else if (location.hash === hash) replaceHash('');
}

/** Goes where the address says: opens a finding, its fold if it is in one, and a filter that hides it. */
export function followHash(state: PageState): void {
  const target = parseHash(location.hash);
  if (target?.kind !== 'finding') return;
  const index = state.report.findings.findIndex(finding => finding.fingerprint === target.fingerprint);
  const finding = state.report.findings[index];
  if (finding === undefined) return;
  if (!state.passing.value.includes(index)) {
    state.query.value = '';
    state.area.value = null;
    state.severities.value = withMember(state.severities.value, finding.severity, true);
  }
  state.openFolds.value = withMember(state.openFolds.value, standingOf(finding), true);
  state.open.value = withMember(state.open.value, index, true);
  // After Preact has rendered, which it does in a microtask.
  setTimeout(() => {
    const button = document.querySelector<HTMLElement>(`[data-finding="${index}"]`);
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: 'start' });
  }, 0);
}

/** Listens for the keys of the page. `sections` gives the section that a letter after `g` leads to. */
export function listenToKeys(
  state: PageState,
  sections: ReadonlyMap<string, string>,
  help: { readonly open: () => void },
): () => void {
  let pending: 'g' | null = null;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
    const read = readKey(pending, {
      key: event.key,
      modified: event.ctrlKey || event.altKey || event.metaKey,
      inField: isField(event.target),
    });
    pending = read.pending;
    if (read.command === null) return;
    if (run(read.command)) event.preventDefault();
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);

  function run(command: Command): boolean {
    switch (command.kind) {
      case 'help':
        help.open();
        return true;
      case 'search':
        return focusSearch();
      case 'move':
        return moveFocus(command.by);
      case 'close':
        return close(state);
      case 'go': {
        const section = sections.get(command.letter);
        if (section === undefined) return false;
        goTo(section);
        return true;
      }
    }
  }
}

/** Shows a section and puts the keyboard there. */
export function goTo(section: string): void {
  const element = document.getElementById(section);
  if (element === null) return;
  replaceHash(`#${section}`);
  element.scrollIntoView({ block: 'start' });
  element.focus({ preventScroll: true });
}

/** The search field of the section that is being read, or that of the findings. */
function focusSearch(): boolean {
  const fields = [...document.querySelectorAll<HTMLInputElement>('input[type="search"]')];
  const middle = window.innerHeight / 2;
  const here = fields.find(field => {
    const section = field.closest('section')?.getBoundingClientRect();
    return section !== undefined && section.top <= middle && section.bottom >= middle;
  });
  const field = here ?? fields[0];
  field?.focus();
  field?.select();
  return field !== undefined;
}

/** The next finding on the page, by what is in the document: the order that the reader sees. */
function moveFocus(by: 1 | -1): boolean {
  const buttons = [...document.querySelectorAll<HTMLElement>('[data-finding]')].filter(
    button => button.offsetParent !== null,
  );
  const inside = document.activeElement
    ?.closest('[data-finding-item]')
    ?.querySelector<HTMLElement>('[data-finding]');
  const at = inside === null || inside === undefined ? -1 : buttons.indexOf(inside);
  const target = at === -1 ? firstInView(buttons, by) : buttons[at + by];
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest' });
  return target !== undefined;
}

function firstInView(buttons: readonly HTMLElement[], by: 1 | -1): HTMLElement | undefined {
  const below = buttons.findIndex(button => button.getBoundingClientRect().top >= 0);
  if (below === -1) return buttons.at(-1);
  return by === 1 ? buttons[below] : buttons[Math.max(below - 1, 0)];
}

/** Leaves a field; else closes the finding that has the focus; else any that is open, the last one first. */
function close(state: PageState): boolean {
  const focused = document.activeElement;
  if (isField(focused) && focused instanceof HTMLElement) {
    focused.blur();
    return true;
  }
  const item = focused?.closest<HTMLElement>('[data-finding-item]');
  const index = item?.dataset.findingItem;
  const open = state.open.value;
  const target = index !== undefined && open.has(Number(index)) ? Number(index) : [...open].at(-1);
  if (target === undefined) return false;
  setOpen(state, target, false);
  const button = document.querySelector<HTMLElement>(`[data-finding="${target}"]`);
  button?.focus({ preventScroll: true });
  button?.scrollIntoView({ block: 'nearest' });
  return true;
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select')
  );
}

function replaceHash(hash: string): void {
  try {
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : hash);
  } catch {
    // Refused in some sandboxed frames; the page works without an address.
  }
}
