/** What a key asks of the page as a whole. A part that has keys of its own (the timeline) stops them before they come here. */
export type Command =
  | { readonly kind: 'search' }
  | { readonly kind: 'move'; readonly by: 1 | -1 }
  | { readonly kind: 'close' }
  | { readonly kind: 'help' }
  /** The second key of `g …`. */
  | { readonly kind: 'go'; readonly letter: string };

export interface KeyPress {
  /** As `KeyboardEvent.key` says it. */
  readonly key: string;
  /** Control, Alt or Meta was held: the key belongs to the browser. */
  readonly modified: boolean;
  /** The focus is in a field, where letters are text. */
  readonly inField: boolean;
}

/** Reads one key after `pending`, the state left by the key before it. */
export function readKey(
  pending: 'g' | null,
  press: KeyPress,
): { readonly pending: 'g' | null; readonly command: Command | null } {
  if (press.modified) return { pending: null, command: null };
  if (press.key === 'Escape') return { pending: null, command: { kind: 'close' } };
  if (press.inField) return { pending: null, command: null };
  // Shift comes before `?` on many layouts and must not break `g`.
  if (press.key === 'Shift') return { pending, command: null };
  if (pending === 'g') return { pending: null, command: { kind: 'go', letter: press.key.toLowerCase() } };
  switch (press.key) {
    case 'g':
      return { pending: 'g', command: null };
    case '/':
      return { pending: null, command: { kind: 'search' } };
    case 'j':
      return { pending: null, command: { kind: 'move', by: 1 } };
    case 'k':
      return { pending: null, command: { kind: 'move', by: -1 } };
    case '?':
      return { pending: null, command: { kind: 'help' } };
    default:
      return { pending: null, command: null };
  }
}
