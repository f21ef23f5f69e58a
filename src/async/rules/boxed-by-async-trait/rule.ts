import type { FunctionNode } from '#mir/function-node.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import type { Program } from '../../program.ts';
import { hasAsyncFnInTraits, packageOf } from './rust-version.ts';
import { type AsyncTrait, asyncTraitsOf, dynTraitsOf } from './trait-sources.ts';

export const boxedByAsyncTrait = defineAsyncRule({
  name: 'async/boxed-by-async-trait',
  since: '0.1.0',
  levels: ['note'],
  summary: 'A trait boxes the future of each call, and nothing uses it as a trait object.',
  why: `\`#[async_trait]\` turns each \`async fn\` into one that returns \`Pin<Box<dyn Future>>\`: every call allocates, and
every poll goes through a vtable, which nothing is inlined through. Since Rust 1.75 a trait can have \`async fn\` itself, as
long as nobody needs \`dyn Trait\`. Neon removed the macro from the handler trait of its Postgres backend
(neondatabase/neon#8958, commit 97582178cb).`,
  whenToAllow:
    'Code outside of the workspace uses the trait as `dyn`, or a call is rare and its cost does not matter.',
  cannotSee: `- Uses of the trait as \`dyn\` outside of the workspace, and in code that is not compiled here (tests, examples).
- Traits that other crates define: only they can change them.
- An attribute inside \`cfg_attr\`, and traits that a macro writes.
- How often a call is made: that each costs an allocation is all that is said.`,
  needs: ['bodies', 'packages'],
  messages: {
    boxed: (name: string) =>
      `\`#[async_trait]\` boxes the future of each call of \`${name}\`, which is nowhere used as \`dyn ${name}\``,
  },
  start: program =>
    ({
      wants: () => false,
      visit: () => {},
      finish(report) {
        const traits = asyncTraitsOf(program.sources);
        const dyn = dynTraitsOf(
          program.sources,
          traits.map(({ name }) => name),
        );
        const count = new Map<string, number>();
        for (const { name } of traits) count.set(name, (count.get(name) ?? 0) + 1);
        for (const asyncTrait of traits) {
          // Two traits of one name are not told apart.
          if (dyn.has(asyncTrait.name) || count.get(asyncTrait.name) !== 1) continue;
          const draft = draftOf(program, asyncTrait);
          if (draft !== null) report(draft);
        }
      },
    }) satisfies RuleRun,
});

function draftOf(
  program: Program,
  { name, location, isPublic, methods, genericMethod, isSend }: AsyncTrait,
): FindingDraft | null {
  const krate = packageOf(program.workspace, location.file);
  if (krate !== null && !hasAsyncFnInTraits(krate.rustVersion)) return null;
  const boxed = program.graph.nodes.filter(node => isBoxed(node) && methodOf(node, name, methods) !== null);
  const impls = new Set(boxed.flatMap(node => (node.impl === null ? [] : [`${node.unit} ${implOf(node)}`])));
  if (impls.size === 0 || isCalledDynamically(program, name)) return null;
  const isLibrary = isPublic && krate?.targets.some(target => target.kind.includes('lib')) !== false;
  const example = methods[0] ?? 'f';
  const rustVersion = krate?.rustVersion ?? null;
  return {
    severity: 'note',
    confidence: 'likely',
    message: boxedByAsyncTrait.messages.boxed(name),
    ...(krate === null ? {} : { package: `${krate.name} ${krate.version}` }),
    location,
    label: `${counted(methods.length, 'async method')}, ${counted(impls.size, 'impl')} in the workspace`,
    steps: [],
    notes: [
      `each call of ${methods
        .slice(0, 3)
        .map(method => `\`${method}\``)
        .join(', ')}${methods.length > 3 ? ' and others' : ''} allocates once, for its future`,
      ...(genericMethod !== null
        ? [`\`${genericMethod}\` is generic: the trait cannot be used as \`dyn\` at all`]
        : isLibrary
          ? [
              'the trait is public: code outside of the workspace may use it as `dyn`, and its impls would have to change too',
            ]
          : []),
    ],
    help: isSend
      ? [
          `write \`fn ${example}(…) -> impl Future<Output = …> + Send\` in the trait and \`async fn ${example}\` in the impls: callers that spawn the future need \`Send\``,
          'without callers that need `Send`, plain `async fn` in both',
        ]
      : ['remove the attribute: `async fn` in traits is in the language since Rust 1.75'],
    evidence: [
      {
        kind: 'source',
        what: `\`#[async_trait]\` above \`trait ${name}\`; no \`dyn\` in the workspace's sources names it or a trait above it`,
      },
      {
        kind: 'mir',
        what: `${counted(boxed.length, 'method')} of its impls ${boxed.length === 1 ? 'returns' : 'return'} \`Pin<Box<dyn Future>>\``,
      },
      {
        kind: 'metadata',
        what:
          rustVersion === null
            ? 'the package names no `rust-version`'
            : `the package's \`rust-version\` is ${rustVersion}`,
      },
    ],
  };
}

function isBoxed(node: FunctionNode): boolean {
  return !node.coroutine && /^std::pin::Pin<std::boxed::Box<dyn .*\bFuture</s.test(node.returns);
}

function methodOf(node: FunctionNode, name: string, methods: readonly string[]): string | null {
  if (node.impl?.trait !== name) return null;
  const method = /::(\w+)$/.exec(node.name)?.[1] ?? '';
  return methods.includes(method) ? method : null;
}

/** `a::<impl at src/a.rs:3:1: 3:24>` of a method's name. */
function implOf(node: FunctionNode): string {
  return node.name.slice(0, node.name.lastIndexOf('::'));
}

/** A call through `dyn` that a macro or a renamed import hid from the sources' text. */
function isCalledDynamically({ graph }: Program, name: string): boolean {
  return graph.nodes.some(node =>
    node.calls.some(
      call =>
        call.self?.kind === 'dyn' && call.self.bounds.some(bound => new RegExp(`\\b${name}\\b`).test(bound)),
    ),
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
