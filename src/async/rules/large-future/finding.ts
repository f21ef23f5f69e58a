import type { FunctionId } from '#mir/function-node.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Severity, Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import type { FutureFacts, Part } from './facts.ts';

export const texts = {
  local: (future: string, bytes: number, name: string, part: number) =>
    `the future of \`${future}\` takes ${shownBytes(bytes)}, ${shownCount(part)} of them for \`${name}\``,
  argument: (future: string, bytes: number, name: string, part: number) =>
    `the future of \`${future}\` takes ${shownBytes(bytes)}, ${shownCount(part)} of them for the argument \`${name}\``,
  temporary: (future: string, bytes: number, part: number) =>
    `the future of \`${future}\` takes ${shownBytes(bytes)}, ${shownCount(part)} of them for a temporary`,
  awaited: (future: string, bytes: number, inner: string, part: number) =>
    `the future of \`${future}\` takes ${shownBytes(bytes)}, ${shownCount(part)} of them for ${inner} that it awaits`,
  whole: (future: string, bytes: number) => `the future of \`${future}\` takes ${shownBytes(bytes)}`,
};

// Limit: futures on the way down that are shown as steps.
const stepsMax = 4;

/** Null where no place in the workspace is known. */
export function draftOf(
  facts: FutureFacts,
  factsBy: ReadonlyMap<FunctionId, FutureFacts>,
  severity: Severity,
  onHeap: boolean,
): FindingDraft | null {
  const [largest] = facts.parts;
  const location = largest?.location ?? facts.suspended ?? facts.location;
  if (location === null || location === undefined) return null;
  const { sizeBytes } = facts.size;
  return {
    severity,
    confidence: 'proved',
    message: messageOf(facts, largest, factsBy),
    function: facts.displayName,
    package: facts.package,
    location,
    label: largest === undefined ? shownBytes(sizeBytes) : `${shownBytes(largest.sizeBytes)}`,
    steps: stepsOf(facts, factsBy),
    notes: notesOf(facts, factsBy, onHeap),
    help: helpOf(facts, largest),
    evidence: [
      {
        kind: 'mir',
        what: `rustc computed ${sizeBytes} bytes for ${unqualified(facts.size.ty.text)}`,
      },
    ],
  };
}

function messageOf(
  facts: FutureFacts,
  part: Part | undefined,
  factsBy: ReadonlyMap<FunctionId, FutureFacts>,
): string {
  const { displayName, size } = facts;
  // A part that is much less than the whole explains nothing.
  if (part === undefined || part.sizeBytes * 4 < size.sizeBytes)
    return texts.whole(displayName, size.sizeBytes);
  switch (part.kind) {
    case 'awaited':
      return texts.awaited(displayName, size.sizeBytes, nameOfAwaited(part, factsBy), part.sizeBytes);
    case 'argument':
      return texts.argument(displayName, size.sizeBytes, part.name, part.sizeBytes);
    case 'temporary':
      return texts.temporary(displayName, size.sizeBytes, part.sizeBytes);
    case 'local':
      return texts.local(displayName, size.sizeBytes, part.name, part.sizeBytes);
  }
}

function nameOfAwaited(part: Part, factsBy: ReadonlyMap<FunctionId, FutureFacts>): string {
  const inner = part.futures.length === 1 ? factsBy.get(part.futures[0] as FunctionId) : undefined;
  if (inner !== undefined) return `the future of \`${inner.displayName}\``;
  return part.ty === null ? 'the future' : `\`${part.ty}\``;
}

/** From the future down to what is large in it. */
function stepsOf(facts: FutureFacts, factsBy: ReadonlyMap<FunctionId, FutureFacts>): Step[] {
  const steps: Step[] = [];
  const seen = new Set<FunctionId>();
  let at: FutureFacts | undefined = facts;
  while (at !== undefined && !seen.has(at.future) && steps.length < stepsMax) {
    seen.add(at.future);
    const part: Part | undefined = at.parts[0];
    if (at !== facts && part?.location != null) {
      const what = part.kind === 'local' || part.kind === 'argument' ? `\`${part.name}\`` : 'this';
      steps.push({
        location: part.location,
        message: `${what} takes ${shownBytes(part.sizeBytes)} of the future of \`${at.displayName}\``,
      });
    }
    if (at.suspended !== null && part !== undefined && part.kind !== 'awaited') {
      steps.push({ location: at.suspended, message: 'kept over this await' });
    }
    const [inner, ...others]: readonly FunctionId[] = part?.futures ?? [];
    at = inner === undefined || others.length > 0 ? undefined : factsBy.get(inner);
  }
  return steps;
}

function notesOf(
  facts: FutureFacts,
  factsBy: ReadonlyMap<FunctionId, FutureFacts>,
  onHeap: boolean,
): string[] {
  const notes = [
    onHeap
      ? 'it is boxed, spawned or blocked on wherever the workspace makes it: it costs its memory, and no caller holds it'
      : 'a future is copied whole when it is moved, and who awaits it holds all of it inside its own future',
  ];
  const others = facts.parts.slice(1, 4).map(part => `${nameOfPart(part)} ${shownBytes(part.sizeBytes)}`);
  if (others.length > 0) notes.push(`beside it are kept: ${others.join(', ')}`);
  if (facts.isGeneric) notes.push(`in the instance \`${unqualified(facts.size.ty.text)}\``);
  const holders = holdersOf(facts.future, factsBy);
  const [top] = holders;
  if (top !== undefined) {
    const count = holders.length === 1 ? 'one future holds' : `${holders.length} futures hold`;
    const largest = `\`${top.displayName}\` with ${shownBytes(top.size.sizeBytes)}`;
    notes.push(
      `${count} it inside ${holders.length === 1 ? `itself: ${largest}` : `themselves, the largest is ${largest}`}`,
    );
  }
  return notes;
}

function nameOfPart(part: Part): string {
  switch (part.kind) {
    case 'awaited':
      return 'the awaited future';
    case 'temporary':
      return 'a temporary';
    case 'argument':
      return `the argument \`${part.name}\``;
    case 'local':
      return `\`${part.name}\``;
  }
}

/** Futures that hold this one, at any depth; the largest first. */
function holdersOf(future: FunctionId, factsBy: ReadonlyMap<FunctionId, FutureFacts>): FutureFacts[] {
  const holders = new Map<FunctionId, FutureFacts>();
  const pending = [future];
  for (let inner = pending.pop(); inner !== undefined; inner = pending.pop()) {
    for (const facts of factsBy.values()) {
      if (holders.has(facts.future) || facts.future === future) continue;
      if (!facts.parts.some(part => part.futures.includes(inner as FunctionId))) continue;
      holders.set(facts.future, facts);
      pending.push(facts.future);
    }
  }
  return [...holders.values()].sort(
    (a, b) => b.size.sizeBytes - a.size.sizeBytes || (a.displayName < b.displayName ? -1 : 1),
  );
}

function helpOf(facts: FutureFacts, part: Part | undefined): string[] {
  if (part === undefined) return [boxWhole];
  const isTwice = facts.parts.some(
    other => other !== part && other.name === part.name && other.sizeBytes === part.sizeBytes,
  );
  switch (part.kind) {
    case 'awaited':
      return ['box it where it is made: `Box::pin(…).await`'];
    case 'argument':
      return [
        isTwice
          ? `pass \`${part.name}\` by reference or in a \`Box\`: an argument by value is kept twice, as it came and where it is used`
          : `pass \`${part.name}\` by reference or in a \`Box\``,
        boxWhole,
      ];
    case 'local':
      if (part.futures.length > 0) return [`box it where it is made: \`let ${part.name} = Box::pin(…)\``];
      return [
        isTwice
          ? `pass \`${part.name}\` by reference or in a \`Box\`: an argument by value is kept twice, as it came and where it is used`
          : `put \`${part.name}\` on the heap (\`Box\`, \`Vec\`), or end its scope before the await`,
        boxWhole,
      ];
    case 'temporary':
      return ['end the statement before the await, or put the value on the heap', boxWhole];
  }
}

const boxWhole = 'or box the future where it is made, so that nobody holds it: `Box::pin(…).await`';

/** `20,016 bytes` */
function shownBytes(bytes: number): string {
  return `${shownCount(bytes)} bytes`;
}

function shownCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
