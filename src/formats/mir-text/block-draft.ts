import type { BasicBlock, Statement, Terminator } from '#model/mir.ts';

/** A basic block while it is read. */
export interface BlockDraft {
  readonly cleanup: boolean;
  readonly statements: Statement[];
  terminator: Terminator | null;
}

/**
 * What stands for a block that is named and not there, or for the terminator of a block that was cut off: control goes
 * nowhere that is known.
 */
export const missingTerminator: Terminator = { kind: 'other', text: '', targets: [], span: -1 };

export const missingBlock: BasicBlock = { cleanup: false, statements: [], terminator: missingTerminator };
