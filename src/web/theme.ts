import { effect, type ReadonlySignal, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

export interface ThemeSwitch {
  readonly theme: ReadonlySignal<Theme>;
  /** Changes to the other theme and remembers it. */
  toggle(): void;
}

const storageKey = 'assay-theme';

/** Follows the system until the reader chooses; paper is light. Writes `data-theme` on the root element. */
export function createThemeSwitch(printing: ReadonlySignal<boolean>): ThemeSwitch {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const chosen = signal<Theme | null>(remembered());
  const theme = signal<Theme>('light');
  const apply = () => {
    const wanted = chosen.value ?? (system.matches ? 'dark' : 'light');
    const shown = printing.value ? 'light' : wanted;
    // The attribute first: who watches the signal reads colours from the style sheet.
    document.documentElement.dataset.theme = shown;
    theme.value = shown;
  };
  effect(apply);
  system.addEventListener('change', apply);
  return {
    theme,
    toggle() {
      chosen.value = theme.peek() === 'dark' ? 'light' : 'dark';
      remember(chosen.peek() ?? 'light');
    },
  };
}

/** Storage is refused to files in some browsers and to all in private modes: the choice then lasts as long as the page. */
function remembered(): Theme | null {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // See `remembered`.
  }
}
