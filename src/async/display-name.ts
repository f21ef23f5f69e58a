import { type TypeScope, type TypeShapes, unqualified } from '#mir/type-shapes.ts';
import type { Body } from '#model/mir.ts';

/**
 * Names of functions for people. rustc names a method's body by the place of its impl (`<impl at src/a.rs:3:1:
 * 3:10>::go::{closure#0}`), the type of an `async fn`'s future by its path (`<S as Svc>::go`): the second is used where
 * there is one, for the blocks and closures inside it too.
 */
export interface DisplayNames {
  note(body: Body, scope: TypeScope, shapes: TypeShapes): void;
  of(body: Body, scope: TypeScope, crateName: string, shapes: TypeShapes): string;
}

export function displayNames(): DisplayNames {
  const byBody = new Map<string, string>();
  const ownName = (body: Body, scope: TypeScope, shapes: TypeShapes): string | null => {
    if (body.yields === null) return null;
    const self = shapes.qualify(body.locals[1]?.ty ?? '', scope);
    return self.kind === 'closure' && !self.key.startsWith('@') && self.key !== '' ? self.key : null;
  };
  return {
    note(body, scope, shapes) {
      const name = ownName(body, scope, shapes);
      if (name !== null) byBody.set(`${scope.prefix} ${body.name}`, name);
    },
    of(body, scope, crateName, shapes) {
      const own = ownName(body, scope, shapes);
      if (own !== null) return withCrate(own, scope, crateName);
      let outer = body.name;
      for (let cut = outer.lastIndexOf('::{'); cut > 0; cut = outer.lastIndexOf('::{')) {
        outer = outer.slice(0, cut);
        const known = byBody.get(`${scope.prefix} ${outer}`);
        if (known !== undefined) return withCrate(known + body.name.slice(cut), scope, crateName);
      }
      return withCrate(
        body.name.replace(/<impl at (.*?):\d+:\d+: \d+:\d+>/g, '<impl in $1>'),
        scope,
        crateName,
      );
    },
  };
}

function withCrate(name: string, scope: TypeScope, crateName: string): string {
  const plain = name.startsWith(`${scope.prefix}::`) ? name.slice(scope.prefix.length + 2) : name;
  return `${crateName}::${unqualified(plain).replaceAll(`${scope.prefix}::`, '')}`;
}
