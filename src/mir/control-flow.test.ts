import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import type { Body } from '#model/mir.ts';
import { controlFlowOf } from './control-flow.ts';

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
