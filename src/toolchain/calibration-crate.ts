/**
 * A crate as programs are made of: enums, traits, derives, maps, closures and iterator chains over `std`. `parts` modules that
 * differ in a number, so that no work is shared between them.
 */
export function calibrationCrate(parts: number): string {
  const modules = Array.from({ length: parts }, (_, index) => part(index));
  return `#![allow(dead_code)]\nuse std::collections::{BTreeMap, HashMap};\n${modules.join('')}`;
}

function part(index: number): string {
  return `
pub mod part${index} {
    use super::*;
    #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Key { Name(String), Number(u64), Pair(Box<(Key, Key)>), Empty }
    #[derive(Clone, Debug, Default)]
    pub struct Store { by_key: BTreeMap<String, Vec<u64>>, counts: HashMap<u64, usize>, last: Option<String> }
    pub trait Visit { type Out; fn visit(&mut self, key: &Key) -> Result<Self::Out, String>; }
    impl Visit for Store {
        type Out = u64;
        fn visit(&mut self, key: &Key) -> Result<u64, String> {
            match key {
                Key::Name(name) => {
                    let all = self.by_key.entry(name.clone()).or_default();
                    all.push(${index});
                    Ok(all.iter().sum())
                }
                Key::Number(number) => {
                    *self.counts.entry(*number).or_insert(0) += 1;
                    Ok(self.counts.values().map(|count| *count as u64).max().unwrap_or(${index}))
                }
                Key::Pair(pair) => {
                    let (a, b) = &**pair;
                    Ok(self.visit(a)? + self.visit(b)?)
                }
                Key::Empty => Err(format!("empty after {:?} in {}", self.last, ${index})),
            }
        }
    }
    pub fn run(words: &[&str]) -> Vec<(String, u64)> {
        let mut store = Store::default();
        let keys: Vec<Key> = words
            .iter()
            .filter(|word| !word.is_empty())
            .map(|word| word.parse::<u64>().map(Key::Number).unwrap_or_else(|_| Key::Name(word.to_uppercase())))
            .collect();
        for key in keys.iter().chain(std::iter::once(&Key::Empty)) {
            if let Err(error) = store.visit(key) {
                store.last = Some(error);
            }
        }
        let mut all: Vec<(String, u64)> = store
            .by_key
            .into_iter()
            .map(|(name, numbers)| (name, numbers.into_iter().fold(0, |sum, number| sum ^ number.rotate_left(3))))
            .collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        all
    }
}
`;
}
