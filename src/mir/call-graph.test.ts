import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMirText } from '#formats/mir-text/parse.ts';
import { spanAt } from '#formats/mir-text/span.ts';
import type { Location } from '#model/location.ts';
import type { Body } from '#model/mir.ts';
import { type CallGraph, callGraphBuilder } from './call-graph.ts';
import type { FunctionNode } from './function-node.ts';
import { TypeShapes } from './type-shapes.ts';

const folder = new URL('../../tests/fixtures/mir-text/', import.meta.url);
const source = readFileSync(new URL('programs/courier.rs', folder), 'utf8');
const scope = { prefix: 'courier', externCrates: new Set(['courier']) };

function textOf(compiler: string): string {
  return readFileSync(new URL(`courier.${compiler}.mir`, folder), 'utf8');
}

function bodiesOf(compiler: string, text = textOf(compiler)): Body[] {
  const { value } = parseMirText(text);
  return value.filter(body => body.yields === null || body.pass === 'StateTransform before');
}

function graphOf(bodies: readonly Body[], withSource = true): CallGraph {
  const shapes = new TypeShapes();
  const builder = callGraphBuilder({
    shapes,
    standardCalls: new Set(['map']),
    headerAt: (_, at) => (withSource ? headerAt(at) : null),
    intern: text => text,
  });
  for (const body of bodies) {
    shapes.collect(body, scope);
    builder.note(body, 0, scope, ref => spanAt(body, ref));
  }
  return builder.finish();
}

function headerAt({ startLine, startColumn, endColumn }: Location): string {
  return (source.split('\n')[startLine - 1] ?? '').slice(startColumn - 1, endColumn - 1);
}

/** `caller -> callees, or why it is open`, a line per caller, calls in their order. */
function draw(graph: CallGraph): string[] {
  const nameOf = ({ name }: FunctionNode) =>
    name.replace(/<impl at .*?:(\d+):\d+: \d+:\d+>/g, (_, line) => `<${headerOfLine(line)}>`);
  return graph.nodes
    .flatMap(node => {
      const calls = node.calls.flatMap(call => {
        const { targets, open } = graph.resolve(node, call);
        const names = targets.map(id => nameOf(graph.nodes[id] as FunctionNode));
        const passed = call.passes.flatMap(key => {
          const body = graph.closure(node, key);
          return body === null || call.kind === 'poll' || names.includes(nameOf(body)) ? [] : [nameOf(body)];
        });
        const way = call.kind === 'poll' ? 'polls ' : '';
        if (names.length > 0) return [way + names.join(' or ')];
        if (passed.length > 0) return [`${call.method}(${passed.join(', ')})`];
        return open === 'foreign' ? [] : [`${way}${call.method}: ${open}`];
      });
      return calls.length === 0 ? [] : [`${nameOf(node)} -> ${calls.join(', ')}`];
    })
    .sort();
}

function headerOfLine(line: string): string {
  return (source.split('\n')[Number(line) - 1] ?? '').trim().replace(/ \{.*$/, '');
}

test('every way in which one function reaches another', () => {
  expect(draw(graphOf(bodiesOf('stable')))).toMatchInlineSnapshot(`
    [
      "<impl $name>::honk -> wash",
      "<impl<C: Carry> Describe for C>::describe -> carry: generic",
      "<impl<T> Bike<T>>::ride::{closure#0} -> rest, into_future(rest::{closure#0}), new_unchecked(rest::{closure#0}), polls rest::{closure#0}",
      "Carry::carry_twice -> carry: generic, carry: generic",
      "awaits::{closure#0} -> <impl<T> Bike<T>>::ride, into_future(<impl<T> Bike<T>>::ride::{closure#0}), new_unchecked(<impl<T> Bike<T>>::ride::{closure#0}), polls <impl<T> Bike<T>>::ride::{closure#0}, into_future(awaits::{closure#0}::{closure#0}), new_unchecked(awaits::{closure#0}::{closure#0}), polls awaits::{closure#0}::{closure#0}, boxed, polls boxed::{closure#0}",
      "awaits::{closure#0}::{closure#0} -> rest, into_future(rest::{closure#0}), new_unchecked(rest::{closure#0}), polls rest::{closure#0}",
      "boxed -> pin(boxed::{closure#0})",
      "boxed::{closure#0} -> rest, into_future(rest::{closure#0}), new_unchecked(rest::{closure#0}), polls rest::{closure#0}",
      "by_hand::{closure#0} -> polls <impl Future for Countdown>::poll",
      "closures -> closures::{closure#0}, map(closures::{closure#1}), sum(closures::{closure#1})",
      "closures::{closure#0} -> wash",
      "depot::<impl Van>::park -> wash",
      "direct -> depot::<impl Van>::new, wash, depot::<impl Van>::park, <impl<T> Bike<T>>::new, <impl<T> Carry for Bike<T>>::carry, Carry::carry_twice, <impl<C: Carry> Describe for C>::describe",
      "honks -> <impl $name>::honk",
      "open -> carry: dyn, carry: generic, : pointer",
      "relay::{closure#0} -> relay, pin(relay::{closure#0}), into_future(relay::{closure#0}), new_unchecked(relay::{closure#0}), polls relay::{closure#0}",
      "wash -> depot::wash",
    ]
  `);
});

test('two compilers print the same graph', () => {
  expect(draw(graphOf(bodiesOf('nightly')))).toEqual(draw(graphOf(bodiesOf('stable'))));
});

test('an await is one under whatever path the compiler prints the trait', () => {
  const text = textOf('stable').replaceAll('std::future::Future>::poll', 'futures_util::Future>::poll');
  expect(draw(graphOf(bodiesOf('stable', text)))).toEqual(draw(graphOf(bodiesOf('stable'))));
});

test('without the sources only impls whose type no body shows are lost', () => {
  const known = draw(graphOf(bodiesOf('stable')));
  const blind = draw(graphOf(bodiesOf('stable'), false));
  expect(known.filter(line => !blind.includes(line))).toMatchInlineSnapshot(`
    [
      "direct -> depot::<impl Van>::new, wash, depot::<impl Van>::park, <impl<T> Bike<T>>::new, <impl<T> Carry for Bike<T>>::carry, Carry::carry_twice, <impl<C: Carry> Describe for C>::describe",
    ]
  `);
  expect(blind.filter(line => !known.includes(line))).toMatchInlineSnapshot(`
    [
      "direct -> depot::<impl Van>::new, wash, depot::<impl Van>::park, <impl<T> Bike<T>>::new, <impl<T> Carry for Bike<T>>::carry, Carry::carry_twice",
    ]
  `);
});

test('the order of bodies does not matter', () => {
  const bodies = bodiesOf('stable');
  const expected = draw(graphOf(bodies));
  fc.assert(
    fc.property(fc.shuffledSubarray(bodies, { minLength: bodies.length }), shuffled => {
      expect(draw(graphOf(shuffled))).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
