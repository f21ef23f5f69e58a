import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import type { Body } from '#model/mir.ts';
import { controlFlowOf, immediateDominators } from './control-flow.ts';

/** Blocks in reverse postorder with their edges, and what enters them. */
function check(text: string): string[] {
  const [body] = [...parseBodies(text, [])] as [Body];
  const flow = controlFlowOf(body);
  return flow.reversePostorder.map(block => {
    const out = (flow.successors[block] ?? []).map(
      edge => `${edge.target} ${edge.kind}${edge.value === undefined ? '' : ` ${edge.value}`}`,
    );
    return `${block} -> ${out.join(', ') || 'nothing'} (from ${flow.predecessors[block]?.join(', ') || 'nowhere'})`;
  });
}

test('a coroutine: unwinding is left out, a yield has two ends, unreachable blocks are not visited', () => {
  expect(
    check(`// MIR for \`f::{closure#0}\` before StateTransform

fn f::{closure#0}(_1: {async fn body of f()}, _2: std::future::ResumeTy) -> ()
yields ()
 {
    let mut _0: ();
    let mut _3: isize;
    let mut _4: ();

    bb0: {
        _4 = g() -> [return: bb1, unwind: bb6];
    }

    bb1: {
        switchInt(move _3) -> [0: bb2, 1: bb3, otherwise: bb5];
    }

    bb2: {
        _2 = yield(move _4) -> [resume: bb1, drop: bb4];
    }

    bb3: {
        return;
    }

    bb4: {
        coroutine_drop;
    }

    bb5: {
        unreachable;
    }

    bb6 (cleanup): {
        resume;
    }

    bb7: {
        goto -> bb3;
    }
}
`),
  ).toMatchInlineSnapshot(`
    [
      "0 -> 1 return (from nowhere)",
      "1 -> 2 value 0, 3 value 1, 5 otherwise (from 0, 2)",
      "5 -> nothing (from 1)",
      "3 -> nothing (from 1)",
      "2 -> 1 resume, 4 cancel (from 1)",
      "4 -> nothing (from 2)",
    ]
  `);
});

/** A body with a switch per block to the blocks listed; none: it returns. */
function bodyOf(targets: readonly (readonly number[])[]): Body {
  const blocks = targets.map((list, index) => {
    const cases = list.map((target, value) => `${value}: bb${target}`).join(', ');
    const terminator = list.length === 0 ? 'return' : `switchInt(move _1) -> [${cases}]`;
    return `    bb${index}: {\n        ${terminator};\n    }\n`;
  });
  const text = `// MIR for \`f\` after built\n\nfn f(_1: u8) -> () {\n    let mut _0: ();\n\n${blocks.join('')}}\n`;
  return [...parseBodies(text, [])][0] as Body;
}

test('dominators of a diamond with a loop behind it', () => {
  const flow = controlFlowOf(bodyOf([[1, 2], [3], [3], [4], [3, 5], [], [5]]));
  expect(immediateDominators(flow)).toEqual([null, 0, 0, 0, 3, 4, null]);
});

test('a block is dominated by what cuts it off from the entry when it is taken out', () => {
  const graph = fc
    .integer({ min: 1, max: 9 })
    .chain(count =>
      fc.array(fc.array(fc.nat(count - 1), { maxLength: 3 }), { minLength: count, maxLength: count }),
    );
  fc.assert(
    fc.property(graph, targets => {
      const flow = controlFlowOf(bodyOf(targets));
      const nearest = immediateDominators(flow);
      const reachedWithout = (removed: number) => {
        const seen = new Set(removed === 0 ? [] : [0]);
        const pending = [...seen];
        for (let block = pending.pop(); block !== undefined; block = pending.pop())
          for (const target of targets[block] ?? []) {
            if (target === removed || seen.has(target)) continue;
            seen.add(target);
            pending.push(target);
          }
        return seen;
      };
      for (const block of flow.reversePostorder) {
        const chain = new Set<number>();
        for (let at = nearest[block] ?? null; at !== null; at = nearest[at] ?? null) chain.add(at);
        const expected = flow.reversePostorder.filter(
          other => other !== block && !reachedWithout(other).has(block),
        );
        expect([...chain].sort()).toEqual(expected.sort());
      }
    }),
  );
});
