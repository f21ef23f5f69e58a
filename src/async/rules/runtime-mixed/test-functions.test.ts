import { expect, test } from 'vitest';
import { testFunctionsIn } from './test-functions.ts';

test('functions under a test attribute, with what may stand between', () => {
  const text = `
#[test]
fn plain() {}
#[tokio::test(flavor = "multi_thread")]
#[ignore]
// why it is ignored
pub async fn with_more() {}
#[cfg(test)]
mod tests { fn helper() {} }
#[tested]
fn other() {}
`;
  expect(testFunctionsIn(text)).toEqual(['plain', 'with_more']);
});

test('a long comment behind an attribute is read once', () => {
  const comment = '// #[test] and then a line of words that go on\n\n\n'.repeat(2_000);
  expect(testFunctionsIn(`#[test]\n${comment}struct None;\n#[test]\nfn last() {}\n`)).toEqual(['last']);
});
