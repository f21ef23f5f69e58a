/** Something in an input that a parser could not use. The good parts of the input still count. */
export interface Problem {
  /** What was wrong, as a fact, in lower case and without a full stop. */
  readonly what: string;
  /** 1-based line of the input, where one can be named. */
  readonly line?: number;
  /** The name of the input (a file name or an evidence part), where the caller knows it. */
  readonly input?: string;
}

/** What every parser returns: the part that was understood, and what was not. Parsers do not throw on input. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}
