/**
 * Where a needle stands in a haystack, in order: Knuth, Morris and Pratt (1977). Linear in both lengths whatever they
 * hold, unlike `indexOf`, which a hostile text can make quadratic.
 */
export function* occurrences(haystack: Uint16Array, needle: Uint16Array): Generator<number> {
  if (needle.length === 0) return;
  const borders = bordersOf(needle);
  let matched = 0;
  for (let i = 0; i < haystack.length; i++) {
    while (matched > 0 && haystack[i] !== needle[matched]) matched = borders[matched - 1] ?? 0;
    if (haystack[i] === needle[matched]) matched++;
    if (matched < needle.length) continue;
    yield i - needle.length + 1;
    matched = borders[matched - 1] ?? 0;
  }
}

/** For each prefix the length of its longest proper prefix that is also its suffix. */
function bordersOf(needle: Uint16Array): Int32Array {
  const borders = new Int32Array(needle.length);
  let matched = 0;
  for (let i = 1; i < needle.length; i++) {
    while (matched > 0 && needle[i] !== needle[matched]) matched = borders[matched - 1] ?? 0;
    if (needle[i] === needle[matched]) matched++;
    borders[i] = matched;
  }
  return borders;
}
