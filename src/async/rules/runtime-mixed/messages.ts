export const messages = {
  executor: (what: string, executor: string) =>
    `\`${what}\` needs a tokio runtime, and \`${executor}\` runs it without one`,
  program: (what: string) => `\`${what}\` needs a tokio runtime, and \`main\` runs it without one`,
  test: (what: string) => `\`${what}\` needs a tokio runtime, and the test runs it without one`,
  thread: (what: string, thread: string) =>
    `\`${what}\` needs a tokio runtime, and a thread of \`${thread}\` has none`,
  caller: (what: string, executor: string) =>
    `\`${what}\` needs a tokio runtime, and \`${executor}\` runs it on a thread that may have none`,
  versions: (name: string, versions: readonly string[]) =>
    `${versions.length === 2 ? 'two' : versions.length} incompatible versions of \`${name}\` are built into one program: ${versions.join(', ')}`,
};
