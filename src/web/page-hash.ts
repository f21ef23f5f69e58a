/** Where a link into the page leads. */
export type Target =
  | { readonly kind: 'finding'; readonly fingerprint: string }
  | { readonly kind: 'section'; readonly id: string };

/** Reads `#finding/<fingerprint>` or `#<section>`; null for an empty or garbled hash. */
export function parseHash(hash: string): Target | null {
  const text = hash.startsWith('#') ? hash.slice(1) : hash;
  if (text === '') return null;
  if (!text.startsWith('finding/')) return { kind: 'section', id: text };
  const fingerprint = decoded(text.slice('finding/'.length));
  return fingerprint === null || fingerprint === '' ? null : { kind: 'finding', fingerprint };
}

export function findingHash(fingerprint: string): string {
  return `#finding/${encodeURIComponent(fingerprint)}`;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
