import type { FunctionId } from '#mir/function-node.ts';
import type { Unknown } from '#model/report.ts';
import type { Block } from '#model/section.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import { Consumers } from './consumers.ts';
import { type FutureFacts, factsOf, type Part } from './facts.ts';
import { draftOf, texts } from './finding.ts';
import { type Roots, rootsOf } from './roots.ts';

const warningBytes = 16 * 1024;
const noteBytes = 8 * 1024;
// Limit: smaller futures are not looked into. They are steps on the way from a large one to its cause, no causes.
const lookedAtBytes = 2 * 1024;

export const largeFuture = defineAsyncRule({
  name: 'async/large-future',
  since: '0.1.0',
  levels: ['warning', 'note'],
  summary: 'A future is large, and every future that awaits it holds it inside itself.',
  why: `A future has room for all that it keeps over an await, and for the largest future that it awaits, which has room for
what it awaits in turn. So a buffer in one async function is part of every future above it. Moving such a future copies it
whole, to be spawned, returned or put into a struct, and each poll starts below a deeper stack. Builds without
optimisation copy more often. In Deno two futures of over 20 KB had to be boxed (denoland/deno#28806), in an Ethereum
light client those that handed sync committees on by value (argumentcomputer/zk-light-clients#177), and Neon raised the stacks
of its workers to 4 MiB because they overflowed in debug builds (neondatabase/neon#8862).

Sizes are those of the compiler's own layout. 16 KiB is a warning: from there on tokio moves a task to the heap before it
spawns it (\`BOX_FUTURE_THRESHOLD\`), and clippy's \`large_futures\` has the same default. 8 KiB is a note, and so is a
future that is boxed, spawned or blocked on wherever it is made: it costs its memory and no caller's stack. Only the innermost
future is told of, where the bytes are; what awaits it is counted.`,
  whenToAllow: `The future is made once and lives as long as the program, or the target has no heap.`,
  cannotSee: `- A generic future that no function of the workspace makes with all its types; such bodies are counted as unknown.
- How often the future is moved, and on which stack it is polled.
- Which bytes of a future of another crate are large.
- Layouts are of the target and the compiler that recorded the evidence.`,
  needs: ['async-bodies', 'call-graph'],
  messages: texts,
  start: program => {
    const { graph, futureSizes } = program;
    const consumers = new Consumers(program);
    const looked = new Set<FunctionId>();
    const large = new Set<FunctionId>();
    for (const node of graph.nodes) {
      if (!node.coroutine) continue;
      const bytes = futureSizes.of(node.id)[0]?.sizeBytes ?? 0;
      if (bytes >= lookedAtBytes) looked.add(node.id);
      if (bytes >= noteBytes) large.add(node.id);
    }
    const factsBy = new Map<FunctionId, FutureFacts>();
    let placeless = 0;
    return {
      wants: node =>
        large.size > 0 && (looked.has(node.id) || (!node.coroutine && consumers.callsMakerOf(node, large))),
      visit(subject) {
        if (!subject.node.coroutine) consumers.visit(subject);
        else {
          const facts = factsOf(subject, futureSizes);
          if (facts !== null) factsBy.set(facts.future, facts);
        }
      },
      finish(report) {
        const holdings = new Map(
          [...factsBy].map(([future, { size, parts }]) => [future, { sizeBytes: size.sizeBytes, parts }]),
        );
        const warned = rootsOf(holdings, warningBytes);
        const noted = rootsOf(holdings, noteBytes);
        for (const future of new Set([...warned.roots, ...noted.roots])) {
          const facts = factsBy.get(future);
          if (facts === undefined) continue;
          const onHeap = consumers.isOnlyOnHeap(future) && !isHeld(future);
          const isWarned = warned.roots.has(future);
          const draft = draftOf(
            ownFirst(facts, isWarned ? warned : noted),
            factsBy,
            isWarned && !onHeap ? 'warning' : 'note',
            onHeap,
          );
          if (draft === null) placeless++;
          else report(draft);
        }
      },
      unknowns: () => unknowns(),
      blocks: () => largest(),
    } satisfies RuleRun;

    /** What other findings answer for is not what this one is about. */
    function ownFirst(facts: FutureFacts, { explained }: Roots): FutureFacts {
      const own = (part: Part) => part.sizeBytes - explained(part);
      return { ...facts, parts: facts.parts.toSorted((a, b) => own(b) - own(a)) };
    }

    function isHeld(future: FunctionId): boolean {
      return [...factsBy.values()].some(({ parts }) => parts.some(part => part.futures.includes(future)));
    }

    function unknowns(): Unknown[] {
      const futures = graph.nodes.filter(node => node.coroutine);
      const unsized = futures.filter(node => futureSizes.of(node.id).length === 0).length;
      const found: Unknown[] = [];
      if (unsized > 0) {
        found.push({
          area: 'async',
          what: 'async bodies whose size is not known',
          why: futureSizes.recorded
            ? 'most are generic, and nothing in the workspace makes them with all their types; of some the compiler’s name is that of another too'
            : 'the evidence has no size of any future: nothing in the workspace makes one with all its types, or the compiler or the Assay that recorded it does not give sizes',
          count: unsized,
        });
      }
      if (placeless > 0) {
        found.push({
          area: 'async',
          what: 'large futures without a place in the workspace',
          why: 'a macro of another crate wrote them',
          count: placeless,
        });
      }
      return found;
    }

    function largest(): Block[] {
      const rows = graph.nodes
        .flatMap(node => {
          const size = node.coroutine ? futureSizes.of(node.id)[0] : undefined;
          if (size === undefined || size.sizeBytes < lookedAtBytes) return [];
          return [{ name: program.displayName(node), bytes: size.sizeBytes }];
        })
        .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
        .slice(0, rowsMax)
        .map(({ name, bytes }) => [name, bytes]);
      if (rows.length === 0) return [];
      return [
        {
          kind: 'table',
          title: 'Largest futures',
          columns: [{ title: 'future' }, { title: 'size', unit: 'bytes' }],
          rows,
          shown: 5,
        },
      ];
    }
  },
});

// Limit: futures in the table; the rest is small.
const rowsMax = 20;
