/**
 * True where `uri`, the directive, means the request's target (RFC 7616 3.4.6): the same text, or one in absolute form and the
 * other in origin form (RFC 9112 3.2), as a proxy may have changed the one into the other.
 */
export function sameTarget(uri: string, target: string): boolean {
  return uri === target || originForm(uri) === originForm(target);
}

function originForm(target: string): string {
  const authority = target.indexOf('://');
  if (authority < 1 || !isScheme(target, authority)) return target;
  for (let i = authority + 3; i < target.length; i++) {
    const character = target[i];
    if (character === '/') return target.slice(i);
    if (character === '?') return `/${target.slice(i)}`;
  }
  return '/';
}

/** Only `http` and `https`: of other schemes nothing is known. */
function isScheme(target: string, length: number): boolean {
  const scheme = length <= 5 ? target.slice(0, length).toLowerCase() : '';
  return scheme === 'http' || scheme === 'https';
}
