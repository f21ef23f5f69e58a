/** What one tool says of one place, as far as a comparison needs it. */
export interface PeerFinding {
  /** Relative to the corpus, `/`-separated. */
  readonly file: string;
  /** First and last line of each span that the tool shows, counted from 1; its own place first. */
  readonly spans: readonly (readonly [first: number, last: number])[];
  /** The tool's own name: `clippy::await_holding_lock`, `async/futurelock`, `DoubleLock`. */
  readonly lint: string;
  /** Only Assay's notes are counted apart: they say what is legal by design. */
  readonly isNote: boolean;
}
