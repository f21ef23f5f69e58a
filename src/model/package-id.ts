/**
 * The name and version in cargo's package id specification, e.g. `registry+https://…#serde@1.0.219`,
 * `path+file:///home/me/shop/api#0.1.0`, `git+https://…/tool.git?tag=v2#tool@2.0.0`. Where the part after `#` is a version
 * alone, the name is the last segment of the URL's path.
 * Defined in the cargo book, "Package ID Specifications"; cargo prints this form since 1.77. The older
 * `name version (source)` is read too. Null where the text is neither.
 */
export function packageNameAndVersion(
  packageId: string,
): { readonly name: string; readonly version: string } | null {
  const hash = packageId.lastIndexOf('#');
  if (hash === -1) {
    const [name, version, source] = packageId.split(' ');
    return name && version && source?.startsWith('(') ? { name, version } : null;
  }
  const fragment = packageId.slice(hash + 1);
  const at = fragment.lastIndexOf('@');
  if (at !== -1) {
    const [name, version] = [fragment.slice(0, at), fragment.slice(at + 1)];
    return name && version ? { name, version } : null;
  }
  const url = packageId.slice(0, hash).split('?')[0]!;
  const segment = url.split('/').findLast(part => part !== '');
  return segment && fragment ? { name: decoded(segment), version: fragment } : null;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
