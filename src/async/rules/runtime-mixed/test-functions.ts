/**
 * Names of the functions under a test attribute in a source text: `#[test]`, `#[tokio::test(…)]`. Other attributes and
 * comments may stand between. Read token by token: one expression for all of it took minutes on a comment of many lines.
 */
export function testFunctionsIn(text: string): string[] {
  const names: string[] = [];
  for (const attribute of text.matchAll(/#\[(?:\w+::)*test\b[^\]]*\]/g)) {
    let at = attribute.index + attribute[0].length;
    for (let end = endOf(between, text, at); end > at; end = endOf(between, text, at)) at = end;
    head.lastIndex = at;
    const name = head.exec(text)?.[1];
    if (name !== undefined) names.push(name);
  }
  return names;
}

const between = /\s+|#\[[^\]]*\]|\/\/[^\n]*/y;
const head = /(?:pub\s+)?(?:async\s+)?fn\s+(\w+)/y;

function endOf(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.test(text) ? token.lastIndex : at;
}
