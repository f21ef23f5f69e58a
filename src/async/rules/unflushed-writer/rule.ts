import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { Severity, Step } from '#model/finding.ts';
import type { SpanRef } from '#model/mir.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule, type Report, type RuleRun } from '../../async-rule.ts';
import { effectOf, type Loss, mustCloseTable } from '../../knowledge/must-close.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';
import {
  type Boxed,
  boxedBy,
  returnsErased,
  rowOfErased,
  sourcesOfErased,
  weakest,
} from './erased-writers.ts';
import { erased, type RowOf, rowsOf, type UnflushedDrop, unflushedDropsOf } from './unflushed-drops.ts';

// Limit: writes shown as steps of their own.
const writesShown = 3;

export const unflushedWriter = defineAsyncRule({
  name: 'async/unflushed-writer',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'A writer is dropped before what was written to it is flushed.',
  why: `\`Drop\` cannot await, so an async writer cannot bring out what it still holds when it is dropped.
\`tokio::io::BufWriter\` discards its buffer, an encoder never writes the end of its format, an upload is never completed.
\`tokio::fs::File\` hands each write to a background thread and reports success at once: without a \`flush\` the error of the
last write is lost, and who opens the file next may find it incomplete. kamu-cli had to add the missing flushes of its
downloads and caches (kamu-data/kamu-cli#404), docs.rs stored archives without their end for weeks (rust-lang/docs.rs#2988).`,
  whenToAllow: 'What was written does not matter any more when the writer is dropped.',
  cannotSee: `- Writers that are fields of a struct of the workspace, or behind a type parameter. Behind \`dyn AsyncWrite\` those that
  functions of the workspace return, where the body has no other.
- Types that are not in the table of writers (data/async/must-close.json).
- What a function does with a writer that it gets by reference: it is taken to flush it.
- Writes in functions that are not async. A \`sqlx::Transaction\` that is not committed: that is how it is rolled back.
- Writers of a future that is dropped before it is done: no flush could run there.`,
  needs: ['async-bodies'],
  messages: {
    buffer: (writer: string, type: string) =>
      `${writer} is a \`${type}\` and is dropped with its buffer not flushed`,
    errors: (writer: string, type: string) =>
      `${writer} is a \`${type}\` and is dropped without a flush after the last write`,
    end: (writer: string, type: string, end: string) =>
      `${writer} is a \`${type}\` and is dropped without \`${end}\`: its output has no end`,
    upload: (writer: string, type: string, end: string) =>
      `${writer} is a \`${type}\` and is dropped without \`${end}\`: nothing is committed`,
    written: (method: string) => `\`${method}\` leaves data in it`,
    more: (count: number) => `${count} more write${count === 1 ? '' : 's'} from here on`,
    drop: 'dropped here',
  },
  start: program => {
    const table = mustCloseTable();
    const rowOf = rowsOf(table);
    const boxed = new Map<FunctionId, Boxed>();
    const withErased: { subject: Subject; sources: readonly (readonly FunctionId[])[] }[] = [];
    let handedOn = 0;
    let skipped = 0;
    return {
      wants: node => writes(node) || returnsErased(node) || getsErased(node),
      visit(subject, report) {
        const { node } = subject;
        if (returnsErased(node)) {
          const found = boxedBy(subject, rowOf);
          if (found !== null) boxed.set(node.id, found);
        }
        if (node.coroutine && getsErased(node)) {
          const sources = sourcesOfErased(program, subject);
          if (sources !== null) withErased.push({ subject, sources });
        }
        if (node.coroutine) judge(subject, rowOf, report);
      },
      finish(report) {
        for (const { subject, sources } of withErased) {
          const all = sources.flat().map(id => boxed.get(id) ?? null);
          const known = weakest(all.flatMap(one => one ?? []));
          if (known !== null && all.every(one => one !== null)) judge(subject, rowOfErased(known), report);
        }
      },
      unknowns: () => [
        ...(handedOn === 0
          ? []
          : [
              {
                area: 'async' as const,
                what: 'writers that are passed by reference after a write',
                why: 'the function that gets them may flush them; it was not looked into',
                count: handedOn,
              },
            ]),
        ...(skipped === 0
          ? []
          : [
              {
                area: 'async' as const,
                what: 'async bodies with a writer that are too large to analyse',
                why: 'a bound of the analysis was reached',
                count: skipped,
              },
            ]),
      ],
    } satisfies RuleRun;

    function judge(subject: Subject, rows: RowOf, report: Report): void {
      const result = unflushedDropsOf(subject, rows);
      handedOn += result.handedOn;
      if (!result.complete) {
        skipped++;
        return;
      }
      for (const drop of result.drops) {
        const draft = draftOf(subject, drop);
        if (draft !== null) report(draft);
      }
    }

    function writes(node: FunctionNode): boolean {
      return (
        node.coroutine &&
        node.calls.some(call => {
          if (/(?:^|::)copy(?:_buf)?$/.test(call.path)) return true;
          const owner =
            call.self?.kind === 'path' ? call.self.path : call.path.slice(0, call.path.lastIndexOf('::'));
          const row = table.find(owner);
          return row !== null && effectOf(row, call.method) === 'write';
        })
      );
    }

    /** A body that may have a `dyn AsyncWrite` of a function of the workspace. */
    function getsErased(node: FunctionNode): boolean {
      return (
        node.coroutine &&
        node.calls.some(call =>
          program.graph
            .resolve(node, call)
            .targets.some(id => returnsErased(program.graph.nodes[id] as FunctionNode)),
        )
      );
    }
  },
});

function draftOf(subject: Subject, found: UnflushedDrop): FindingDraft | null {
  const { messages } = unflushedWriter;
  const { row } = found.writer;
  const written = found.writes[0]?.writer ?? found.writer;
  const debug = subject.body.debugInfo.find(({ place }) => {
    if (place?.local !== written.local) return false;
    const [first, ...rest] = place.projection;
    if (written.field === null) return first === undefined;
    return rest.length === 0 && first?.kind === 'field' && first.index === written.field;
  });
  const name = debug?.name ?? null;
  const location = [debug?.span, ...found.writes.map(write => write.span), found.drop]
    .flatMap(span => (span === undefined ? [] : [inWorkspace(subject, span)]))
    .find(at => at !== null);
  if (location === undefined || location === null) return null;
  const steps: Step[] = [];
  const push = (span: SpanRef, message: string) => {
    const at = inWorkspace(subject, span);
    if (at !== null) steps.push({ location: at, message });
  };
  for (const write of found.writes.slice(0, writesShown)) push(write.span, messages.written(write.method));
  const rest = found.writes.slice(writesShown);
  if (rest[0] !== undefined) push(rest[0].span, messages.more(rest.length));
  push(found.drop, messages.drop);
  const type = found.writer.shown;
  const [end = 'flush'] = row.ends;
  const holder = name === null ? 'a temporary' : `\`${name}\``;
  const notes = [why[row.loses]];
  if (found.writer.type === erased)
    notes.push('it is behind `dyn AsyncWrite`: the function that makes it boxes it');
  if (found.endedElsewhere) notes.push('on another path it is flushed or closed after the write');
  return {
    severity: severityOf(found),
    confidence: 'likely',
    message: messages[row.loses](holder, type, end),
    function: subject.displayName,
    package: subject.krate.package,
    location,
    label: name === null ? 'written here' : 'dropped with unflushed writes',
    steps,
    notes,
    help: [`call \`${name ?? 'writer'}.${end}().await\` after the last write, and look at its result`],
    evidence: [
      {
        kind: 'mir',
        what: `a path of ${subject.body.name} leads from the write to the drop of _${found.writer.local} with no call that gets the writer, and no error, in between`,
      },
      {
        kind: 'table',
        what: `${row.source}${row.verified === null ? '' : `; the type was seen with ${row.verified}`}`,
      },
    ],
  };
}

const why: Record<Loss, string> = {
  buffer: '`Drop` cannot await: what is still in the buffer is discarded, and no error says so',
  errors:
    'a write is done by a background thread and reported as successful before it is: without a flush its error is lost, and who opens the file next may find it incomplete',
  end: '`Drop` cannot await: what closes the format is never written, and readers find the output truncated',
  upload:
    '`Drop` cannot await: the upload is never completed, so the object does not appear, or keeps its old content',
};

/** A flush that is there on another path says that the author knows; what is left is mostly a condition that MIR cannot tell. */
function severityOf({ writer, endedElsewhere }: UnflushedDrop): Severity {
  if (endedElsewhere) return 'note';
  return writer.row.loses === 'errors' ? 'warning' : 'error';
}

function inWorkspace(subject: Subject, span: SpanRef) {
  const location = subject.span(span);
  return location !== null && isInWorkspace(location) ? location : null;
}
