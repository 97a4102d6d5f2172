/** Usual constants of BM25 (Robertson and Zaragoza, 2009): how soon a repeated word stops counting, and how much length does. */
const saturation = 1.2;
const lengthWeight = 0.75;
/** Words are cut to so many characters: the simplest stemming that serves English and Russian. */
const stemLength = 6;

/** Relevance of each passage to a question by BM25 over word beginnings; 0 where they share no word. */
export function relevance(question: string, passages: readonly string[]): readonly number[] {
  return relevanceIn(passages)(question);
}

/** The same for many questions: the words of the passages are counted once. */
export function relevanceIn(passages: readonly string[]): (question: string) => readonly number[] {
  const counts = passages.map(wordCounts);
  const lengths = counts.map((words) => [...words.values()].reduce((sum, count) => sum + count, 0));
  const meanLength = Math.max(1, lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, passages.length));
  return (question) => {
    const scores = passages.map(() => 0);
    for (const word of wordCounts(question).keys()) {
      const holders = counts.filter((words) => words.has(word)).length;
      const rarity = Math.log(1 + (passages.length - holders + 0.5) / (holders + 0.5));
      counts.forEach((words, index) => {
        const count = words.get(word) ?? 0;
        const length = 1 - lengthWeight + (lengthWeight * (lengths[index] ?? 0)) / meanLength;
        scores[index] = (scores[index] ?? 0) + (rarity * count * (saturation + 1)) / (count + saturation * length);
      });
    }
    return scores;
  };
}

function wordCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    const stem = word.slice(0, stemLength);
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return counts;
}
