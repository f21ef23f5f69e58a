export const messages = {
  executor: (what: string, executor: string) =>
    `\`${what}\` needs a tokio runtime, and \`${executor}\` runs it without one`,
  program: (what: string) => `\`${what}\` needs a tokio runtime, and \`main\` runs it without one`,
  test: (what: string) => `\`${what}\` needs a tokio runtime, and the test runs it without one`,
  thread: (what: string, thread: string) =>
    `\`${what}\` needs a tokio runtime, and a thread of \`${thread}\` has none`,
  caller: (what: string, executor: string) =>
    `\`${what}\` needs a tokio runtime, and \`${executor}\` runs it on a thread that may have none`,
  versions: (member: string, name: string, versions: readonly string[]) =>
    `\`${member}\` depends on ${versions.length === 2 ? 'two' : versions.length} incompatible versions of \`${name}\`: ${versions.slice(0, -1).join(', ')} and ${versions.at(-1)}`,
};
