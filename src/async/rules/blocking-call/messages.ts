/** What the rule says, by key. */
export const messages = {
  panics: (what: string) => `\`${what}\` is reached from async code, where it panics`,
  deadlocks: (what: string) => `\`${what}\` is reached from async code, where it can deadlock`,
  long: (what: string) => `\`${what}\` blocks the thread of async code`,
  short: (what: string) => `\`${what}\` runs on the thread of async code`,
  shortOnes: (what: string, more: number) => `\`${what}\` and ${more} more run on the thread of async code`,
  within: (named: string, callees: readonly string[], place: string) =>
    `inside of ${named} it calls ${callees.map(callee => `\`${callee}\``).join(', which calls ')}${place}`,
  calls: (name: string, callee: string, isRoot: boolean) =>
    isRoot ? `\`${name}\` is async and calls \`${callee}\`` : `\`${name}\` calls \`${callee}\``,
  runsClosure: (name: string, callee: string, isRoot: boolean) =>
    `${isRoot ? `\`${name}\` is async and` : `\`${name}\``} passes a closure to \`${callee}\`, which runs it`,
  awaits: 'this await runs a closure',
  drops: (name: string) => `${name} is dropped here, which runs its \`Drop\``,
  here: (does: string) => `here it ${does}`,
  more: (count: number) => `it is reached from ${count} more async bod${count === 1 ? 'y' : 'ies'}`,
  early: 'no task has been started yet, so nothing else waits for this thread',
  asked: '`Handle::try_current` is asked on the way, so this may be the way of callers that are not async',
  maybe: 'the value may be without what blocks when it is dropped',
};
