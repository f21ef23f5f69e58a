import type { Unknown } from '#model/report.ts';
import type { CancelFacts } from '../../cancel-facts.ts';

/** Arms whose future could not be judged. */
export function unknownsOf(facts: CancelFacts): Unknown[] {
  const safety = facts.safety();
  let count = 0;
  for (const { position, node } of facts.positions()) {
    for (const { value, owned } of position.arms)
      if (owned && safety.of(value, node).verdict === 'unknown') count++;
  }
  if (count === 0) return [];
  return [
    {
      area: 'async',
      what: 'futures in `select!`, timeouts and the like whose cancel safety is not known',
      why: 'the table does not have them, or their bodies were not seen; `--audit` lists them',
      count,
    },
  ];
}
