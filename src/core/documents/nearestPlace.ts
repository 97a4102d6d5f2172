export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the words stand, letter for letter but for blanks and line breaks, nearest to `near`; offsets in UTF-16 units. */
export function nearestPlace(text: string, words: string, near: number): Place | undefined {
  return nearest(exactPlaces(text, words, near), near) ?? nearest(placesButForBlanks(text, words), near);
}

/** The last before and the first after. */
function exactPlaces(text: string, words: string, near: number): readonly Place[] {
  if (words === "") return [];
  return [text.lastIndexOf(words, near), text.indexOf(words, near)].flatMap((start) => (start < 0 ? [] : [{ start, end: start + words.length }]));
}

function placesButForBlanks(text: string, words: string): readonly Place[] {
  const parts = words.split(/\s+/u).filter((part) => part !== "");
  if (parts.length === 0) return [];
  const pattern = new RegExp(parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/gu, "\\$&")).join("\\s+"), "gu");
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ start: index, end: index + found.length }));
}

function nearest(places: readonly Place[], near: number): Place | undefined {
  return places.reduce<Place | undefined>((best, place) => (best && Math.abs(best.start - near) <= Math.abs(place.start - near) ? best : place), undefined);
}
