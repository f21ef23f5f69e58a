// The borders of ARCHITECTURE.md. A rule's comment is the message that a reader gets.
const areas = ['build', 'async'];
const room = name => `^src/${name}/`;
const test = '\\.test\\.tsx?$';

/** `from` may import only the rooms named (and itself); everything else under src is refused. */
function only(from, allowed, comment) {
  return {
    name: `${from}-imports`,
    comment,
    severity: 'error',
    from: { path: room(from), pathNot: [test] },
    to: { path: '^src/', pathNot: [from, ...allowed].map(room) },
  };
}

module.exports = {
  forbidden: [
    only('base', [], 'base holds words without a domain: it knows no other room'),
    only('model', ['base'], 'the nouns are shared by all rooms, so they may depend on none of them'),
    only(
      'formats',
      ['base', 'model'],
      'a format turns text into the model; it neither reasons nor runs tools',
    ),
    only('mir', ['base', 'model'], 'reasoning over functions is pure: it takes bodies and gives facts'),
    only('rules', ['base', 'model', 'mir'], 'the engine knows no rule and no area'),
    only('toolchain', ['base', 'model'], 'the door to the outside draws no conclusions'),
    only(
      'report',
      ['base', 'model'],
      'a renderer sees the finished report only, so every format shows the same',
    ),
    ...areas.map(area => ({
      name: `${area}-imports`,
      comment: 'an area reasons over the model; only its gather.ts may open the doors to tools and formats',
      severity: 'error',
      from: { path: room(area), pathNot: [test, `^src/${area}/gather\\.ts$`] },
      to: { path: '^src/', pathNot: [area, 'base', 'model', 'mir', 'rules'].map(room) },
    })),
    ...areas.map(area => ({
      name: `${area}-gather-imports`,
      comment: 'gather.ts may read tools and formats, but no other area and no renderer',
      severity: 'error',
      from: { path: `^src/${area}/gather\\.ts$` },
      to: {
        path: '^src/',
        pathNot: [area, 'base', 'model', 'mir', 'rules', 'toolchain', 'formats'].map(room),
      },
    })),
    {
      name: 'no-format-imports-another',
      comment: 'a format that leans on another cannot be understood, or replaced, alone',
      severity: 'error',
      from: { path: '^src/formats/([^/]+)/' },
      to: { path: '^src/formats/', pathNot: '^src/formats/$1/' },
    },
    {
      name: 'web-imports',
      comment: 'the page runs in a browser: it takes the model and pure words, nothing that needs Node',
      severity: 'error',
      from: { path: room('web'), pathNot: [test, 'vite\\.config\\.ts$'] },
      to: { path: '^(src/|node:)', pathNot: ['web', 'base', 'model', 'build'].map(room) },
    },
    {
      name: 'pure-rooms-touch-nothing',
      comment:
        'below toolchain and cli nothing knows files, processes, time or randomness: they are passed in',
      severity: 'error',
      from: { path: '^src/(base|model|formats|mir|rules|report|build|async)/', pathNot: [test] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-imports-the-cli',
      comment: 'the cli is the only room that prints or exits; nothing may depend on it',
      severity: 'error',
      from: { path: '^src/', pathNot: room('cli') },
      to: { path: room('cli') },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle is one room pretending to be two',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolved',
      comment: 'an import that is not found checks nothing',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      mainFields: ['module', 'main'],
    },
  },
};
