import fc from 'fast-check';

/** Any text, or a recorded one with a piece cut out and another put in: what a parser meets where a file was damaged. */
export function damaged(recorded: string): fc.Arbitrary<string> {
  const mutations = fc
    .tuple(fc.nat(recorded.length), fc.nat(12), fc.string({ maxLength: 12 }))
    .map(([at, cut, put]) => recorded.slice(0, at) + put + recorded.slice(at + cut));
  return fc.oneof(fc.string(), mutations);
}
